// Every relative link of the pages for people leads to a file that exists, and to a heading in it; so do their commands.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const pages = [
  ...fs.readdirSync(root).filter((name) => name.endsWith('.md')),
  ...fs
    .readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].sort();

/** Without code, where brackets and parentheses mean something else. */
function proseOf(page: string): string {
  const text = fs.readFileSync(path.join(root, page), 'utf8');
  return text
    .replace(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ''));
}

function linksIn(page: string): readonly string[] {
  const links = [...proseOf(page).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map((match) => match[1]!);
  return links.filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

/** As GitHub makes them: the second heading of a name gets a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = fs.readFileSync(path.join(root, page), 'utf8').replace(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '');
  const anchors = new Set<string>();
  for (const [, heading] of text.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let numbered = anchor;
    for (let count = 1; anchors.has(numbered); count++) numbered = `${anchor}-${count}`;
    anchors.add(numbered);
  }
  return anchors;
}

/** Why a link leads nowhere; `null` if it is good. */
function fault(page: string, link: string): string | null {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.normalize(path.join(path.dirname(page), decodeURIComponent(file)));
  if (target.startsWith('..')) return 'it leaves the repository';
  if (!fs.existsSync(path.join(root, target))) return `there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  return anchorsOf(target).has(anchor) ? null : `${target} has no heading #${anchor}`;
}

test('there are pages with links to look at', () => {
  expect(pages).toContain('docs/README.md');
  expect(pages.flatMap(linksIn).length).toBeGreaterThan(50);
});

test.each(pages)('every link of %s leads somewhere', (page) => {
  const faults = linksIn(page).flatMap((link) => fault(page, link) ?? []);
  expect(faults).toEqual([]);
});

test('every page is listed in the index', () => {
  const listed = new Set(linksIn('docs/README.md'));
  const own = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(own.map((page) => page.slice('docs/'.length)).filter((page) => !listed.has(page))).toEqual([]);
});

test.each(pages)('every file of the project that %s names exists', (page) => {
  const text = fs.readFileSync(path.join(root, page), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|bench)\/[\w./-]+)`/g)].map((match) => match[1]!);
  expect(named.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
});

const examples = fs
  .readdirSync(path.join(root, 'examples'))
  .map((name) => `examples/${name}/README.md`)
  .sort();

test.each([...pages, ...examples])('with npx, %s keeps --env-file from the Node that runs npx', (page) => {
  const text = fs.readFileSync(path.join(root, page), 'utf8');
  const taken = text.match(/\bnpx (?!-- )[^`\n]*--env-file[^`\n]*/g);
  expect(taken).toBeNull();
});

test('what CONTRIBUTING says to run is there, be it a file or a script of the package', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const all = fs.readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
  const files = [...all.matchAll(/(?:node|vitest run) ((?:bench|test)\/[\w./-]*)/g)].map(
    (match) => match[1]!,
  );
  const named = [...all.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!);
  expect(files.length + named.length).toBeGreaterThan(20);
  expect(files.filter((file) => !fs.existsSync(path.join(root, file)))).toEqual([]);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
