// A folder on the real disk, filled by a list of paths; goes away with the test.
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../store/temporary-folder.ts';

/** `'x/'` makes a folder, `{ link: 'y' }` a link, other text a file with that content. */
export function workspace(files: Readonly<Record<string, string | { readonly link: string }>>): string {
  const root = path.join(temporaryFolder(), 'root');
  fs.mkdirSync(root);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (name.endsWith('/')) continue;
    if (typeof content === 'string') fs.writeFileSync(file, content);
    else fs.symlinkSync(content.link, file);
  }
  return root;
}

/** Every path below the folder with its content, links as `-> text`, folders with a `/`. */
export function tree(folder: string): Readonly<Record<string, string>> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(folder, name);
      const stat = fs.lstatSync(file);
      if (stat.isDirectory()) return [`${name}/`, ''];
      return [name, stat.isSymbolicLink() ? `-> ${fs.readlinkSync(file)}` : fs.readFileSync(file, 'utf8')];
    }),
  );
}
