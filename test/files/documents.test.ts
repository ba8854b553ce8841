// Documents with records: told apart by their names, read as they are, and what is wrong with them said.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { WorkspaceDocuments } from '../../src/files/documents.ts';
import { parseYaml } from '../../src/files/yaml-document.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function read(name: string, text: string) {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, name), text);
  return new WorkspaceDocuments({ root, parseYaml, witness: null }).read(name as FilePath);
}

test.each([
  ['sow.json', '{"entries":[{"n":1}]}', { entries: [{ n: 1 }] }],
  ['sow.jsonl', '{"n":1}\n\n{"n":2}\r\n', [{ n: 1 }, { n: 2 }]],
  ['sow.ndjson', '{"n":1}', [{ n: 1 }]],
  ['bom.jsonl', '\uFEFF{"n":1}', [{ n: 1 }]],
  ['SOW.JSONL', '', []],
  ['sow.yaml', 'entries:\n  - { n: 1 }\n  - n: two\n', { entries: [{ n: 1 }, { n: 'two' }] }],
  ['sow.yml', '- n: 1\n', [{ n: 1 }]],
])('%s is read for what its name says', (name, text, value) => {
  expect(read(name, text)).toEqual({ kind: 'value', value });
});

test.each([
  ['sow.json', '{"n":1}\n{"n":2}\n', /JSON/],
  ['sow.jsonl', '{"n":1}\n{"n":\n', /^line 2: /],
  ['sow.yaml', 'entries: [\n', /line 2/],
])('%s that is none says where: %j', (name, text, why) => {
  expect(read(name, text)).toEqual({ kind: 'wrong', message: expect.stringMatching(why) });
});

test('one that is not there is absent', () => {
  const documents = new WorkspaceDocuments({ root: temporaryFolder(), parseYaml, witness: null });
  expect(documents.read('sow.json' as FilePath)).toEqual({ kind: 'absent' });
});
