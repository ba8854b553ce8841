// The pipeline that is measured: STAGES that each join FILES of their own and the output of the stage that is their
// parent in a tree of ten branches.

import fs from 'node:fs';
import path from 'node:path';
import { Mistake } from '../mistakes.mjs';

/** @typedef {{ stages: number, files: number }} Size */

/** `1000x10` → 1000 stages with 10 files each. */
export function sizeIn(text) {
  const [stages, files, ...rest] = text.split('x').map(Number);
  const isCount = (count) => Number.isSafeInteger(count) && count > 0;
  if (!isCount(stages) || !isCount(files) || rest.length > 0)
    throw new Mistake(`expected a size such as 1000x10, found ${text}`);
  return { stages, files };
}

/** As people read it: `1,000 stages, 10,000 files`. */
export function sizeInWords({ stages, files }) {
  const total = stages * files;
  return `${stages.toLocaleString('en')} ${stages === 1 ? 'stage' : 'stages'}, ${total.toLocaleString('en')} ${total === 1 ? 'file' : 'files'}`;
}

export function parentOf(stage) {
  return stage === 0 ? null : Math.floor((stage - 1) / 10);
}

export function fileName(file) {
  return `f${file}.txt`;
}

/** What every stage does, in whatever tool: `from`, a folder, and the parent's output if any, into `to`. */
export function joinCommand(from, parent, to) {
  return `find ${from} -type f | sort | xargs cat ${parent === null ? '' : `${parent} `}> ${to}`;
}

/**
 * As the tools' own forms take it, over the files of `writeSources`.
 *
 * @param {Size} size
 * @param {string} out the folder of the outputs
 * @param {{ expanded?: boolean }} options `expanded`: files by name, for tools without patterns
 */
export function stagesOf({ stages, files }, out, { expanded = false } = {}) {
  return Array.from({ length: stages }, (_, stage) => {
    const parent = parentOf(stage);
    const before = parent === null ? null : `${out}/s${parent}.txt`;
    const own = expanded
      ? Array.from({ length: files }, (_, file) => `src/s${stage}/${fileName(file)}`)
      : [`src/s${stage}/*.txt`];
    const to = `${out}/s${stage}.txt`;
    return {
      name: `s${stage}`,
      requires: before === null ? own : [...own, before],
      produces: [to],
      run: joinCommand(`src/s${stage}`, before, to),
      after: parent === null ? [] : [`s${parent}`],
    };
  });
}

/** @param {(stage: number) => string} folderOf the folder of a stage's files */
export function writeSources(root, { stages, files }, folderOf = (stage) => `src/s${stage}`) {
  for (let stage = 0; stage < stages; stage++) {
    const folder = path.join(root, folderOf(stage));
    fs.mkdirSync(folder, { recursive: true });
    for (let file = 0; file < files; file++) {
      fs.writeFileSync(path.join(folder, fileName(file)), `stage ${stage} file ${file}\n`.repeat(8));
    }
  }
}

export function writeAll(root, texts) {
  for (const [file, text] of Object.entries(texts)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
}

/** As a person would write it for so many stages. */
export function configOf({ stages }, out) {
  return `import { definePipeline } from 'pipe-build';

const names = Array.from({ length: ${stages} }, (_, stage) => stage);

export default definePipeline({
  stages: Object.fromEntries(
    names.map((stage) => {
      const parent = stage === 0 ? null : \`${out}/s\${Math.floor((stage - 1) / 10)}.txt\`;
      const to = \`${out}/s\${stage}.txt\`;
      const run = \`find src/s\${stage} -type f | sort | xargs cat \${parent === null ? '' : \`\${parent} \`}> \${to}\`;
      return [
        \`s\${stage}\`,
        { requires: [\`src/s\${stage}/*.txt\`, ...(parent === null ? [] : [parent])], produces: to, run },
      ];
    }),
  ),
});
`;
}
