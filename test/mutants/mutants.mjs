// The mutants: one deliberate fault each, in the code that decides, orders, verifies or locks, and the tests that must notice.
// `from` stands exactly once in the file.

/** @typedef {{ name: string, file: string, from: string, to: string, tests: readonly string[] }} Mutant */

/** @type {readonly Mutant[]} */
export const mutants = [
  // The comparison.
  {
    name: 'changed inputs are not compared',
    file: 'src/model/judge.ts',
    from: 'if (!sameManifest(record.inputs, now.inputs)) {',
    to: 'if (record.inputs.length !== now.inputs.length) {',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'changed outputs are not compared',
    file: 'src/model/judge.ts',
    from: 'if (!sameManifest(record.outputs, now.outputs)) {',
    to: 'if (record.outputs.length > now.outputs.length) {',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'a stray output is not a reason',
    file: 'src/model/judge.ts',
    from: "for (const path of outputs.added) reasons.push({ code: 'output-extra', path });",
    to: '',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'an unfinished attempt reads as its last record',
    file: 'src/model/judge.ts',
    from: "return { kind: 'stale', reasons: [{ code: 'unfinished' }, ...since] };",
    to: 'return verdictOf(since);',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'under mtime an unfinished attempt is judged by its times',
    file: 'src/model/judge.ts',
    from: "if (memory.kind === 'unfinished') return { kind: 'stale', reasons: [{ code: 'unfinished' }] };",
    to: '',
    tests: ['test/random.test.ts', 'test/stories/crash.test.ts'],
  },
  {
    name: 'the executable bit is no part of the comparison',
    file: 'src/model/manifest.ts',
    from: 'a.executable === b.executable',
    to: 'true',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'a declared variable is not part of the definition',
    file: 'src/model/fingerprint.ts',
    from: 'return JSON.stringify(entry.value);',
    to: "return 'set';",
    tests: ['test/random.test.ts'],
  },
  {
    name: 'the fingerprint leaves the content of inputs out',
    file: 'src/model/fingerprint.ts',
    from: `'+x' : ''};\${entry.digest}\`;`,
    to: `'+x' : ''}\`;`,
    tests: ['test/random.test.ts'],
  },
  // Stamps.
  {
    name: 'a stamp without its time of change',
    file: 'src/files/stamp.ts',
    from: '    a.ctimeNs === b.ctimeNs &&\n',
    to: '',
    tests: ['test/random.test.ts', 'test/stories/freshness.test.ts'],
  },
  {
    name: 'every stamp is trusted at once',
    file: 'src/files/fs-now.ts',
    from: 'const settledAt = stamp.ctimeNs + tickOf(stamp);',
    to: 'const settledAt = stamp.ctimeNs - 60_000_000_000n;',
    tests: ['test/random.test.ts', 'test/files/digest-memory.test.ts'],
  },
  // The order of records.
  {
    name: 'no start marker',
    file: 'src/store/state-content.ts',
    from: 'this.leaveUnfinished(line.task, line.runId, true);',
    to: '',
    tests: ['test/random.test.ts', 'test/stories/crash.test.ts'],
  },
  {
    name: 'the record stands before the command has run',
    file: 'src/engine/attempt.ts',
    from: '    const startedMs = world.clock.monotonicMs();',
    to: "    if (assessment.memory.kind === 'done') world.records.commit(assessment.memory.record);\n    const startedMs = world.clock.monotonicMs();",
    tests: ['test/random.test.ts', 'test/stories/crash.test.ts'],
  },
  {
    name: 'inputs edited during the run are not noticed',
    file: 'src/engine/attempt.ts',
    from: 'if (changed.length > 0) {',
    to: 'if (changed.length > 1e9) {',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'a gap in the state file goes unnoticed',
    file: 'src/store/state-content.ts',
    from: "if (memory.kind !== 'none') this.leaveUnfinished(task, runOf(memory), false);",
    to: 'void task, void memory, void runOf;',
    tests: ['test/store/damaged-state.test.ts'],
  },
  {
    name: 'lines of the state file are not checked',
    file: 'src/store/log-line.ts',
    from: 'if (hex(crc32(checked)) !== checksum) return null;',
    to: '',
    tests: ['test/store/damaged-state.test.ts'],
  },
  // The cache.
  {
    name: 'copies of blobs are not verified',
    file: 'src/files/workspace-outputs.ts',
    from: 'if (hashFile(temporary).digest !== entry.digest) return false;',
    to: '',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'entries of the cache are not checked',
    file: 'src/store/action-format.ts',
    from: '|| checksumOf(action) !== file.checksum',
    to: '',
    tests: ['test/store/actions.test.ts'],
  },
  {
    name: 'an entry that was no good stays',
    file: 'src/engine/artifacts.ts',
    from: '  cache.actions.remove(action.fingerprint);\n',
    to: '',
    tests: ['test/engine/artifacts.test.ts', 'test/random.test.ts'],
  },
  {
    name: 'a failed attempt is stored',
    file: 'src/engine/attempt.ts',
    from: "if (end.kind === 'failed') return this.reject(failed(end.failure, end.tail, prepared));",
    to: "if (end.kind === 'failed') { const kept = inspectOutputs(world, task); if (!('failure' in kept)) saveArtifacts(world, task, { fingerprint, outputs: kept.outputs, durationMs, metrics: {} }); return this.reject(failed(end.failure, end.tail, prepared)); }",
    tests: ['test/random.test.ts', 'test/stories/cache.test.ts'],
  },
  {
    name: 'blobs are linked into the workspace',
    file: 'src/files/workspace-outputs.ts',
    from: 'fs.copyFileSync(blob, temporary, fs.constants.COPYFILE_FICLONE);',
    to: 'fs.linkSync(blob, temporary);',
    tests: ['test/stories/cache.test.ts', 'test/stories/outputs.test.ts'],
  },
  {
    name: 'paths that climb out are restored',
    file: 'src/store/action-format.ts',
    from: "name !== '..' && ",
    to: '',
    tests: ['test/store/actions.test.ts', 'test/stories/cache.test.ts'],
  },
  // Ownership.
  {
    name: 'every content counts as produced',
    file: 'src/store/produced-content.ts',
    from: 'return this.byPath.get(path)?.includes(digest) ?? false;',
    to: 'return digest.length > 0 && path.length > 0;',
    tests: ['test/random.test.ts'],
  },
  {
    name: 'after a crash leftovers are dropped with an edit among them',
    file: 'src/engine/make-room.ts',
    from: `outputs.moveAway(leftovers, \`\${folders.keep('rejected', task.id)}~killed\`, bases);`,
    to: `outputs.moveAway(leftovers, folders.keep('aside', task.id), bases);`,
    tests: ['test/random.test.ts', 'test/stories/crash.test.ts'],
  },
  {
    name: 'old outputs stay while the stage runs',
    file: 'src/engine/make-room.ts',
    from: "  outputs.moveAway(old, folders.keep('aside', task.id), bases);\n",
    to: '',
    tests: ['test/random.test.ts'],
  },
  // The lock.
  {
    name: 'a living holder is robbed',
    file: 'src/lock/workspace-lock.ts',
    from: "if (present !== 'free' && !isProvenDead(present, claim)) return",
    to: "if (present !== 'free' && present.pid === claim.pid) return",
    tests: ['test/lock/workspace-lock.test.ts'],
  },
  {
    name: 'no second look after taking the lock',
    file: 'src/lock/workspace-lock.ts',
    from: '    if (highestIn(folder) === number) {',
    to: '    if (highestIn(folder) > 0) {',
    tests: ['test/lock/workspace-lock.test.ts'],
  },
  {
    name: 'records are not read again under the lock',
    file: 'src/engine/session.ts',
    from: 'if (changed) world.records.reload();',
    to: '',
    tests: ['test/random.test.ts', 'test/stories/concurrency.test.ts', 'test/engine/session.test.ts'],
  },
  {
    name: 'a suspended holder counts as dead',
    file: 'src/lock/process-identity.ts',
    from: "zombie: fields[0] === 'Z' || fields[0] === 'X'",
    to: "zombie: fields[0] === 'Z' || fields[0] === 'X' || fields[0] === 'T'",
    tests: ['test/lock/workspace-lock.test.ts', 'test/stories/concurrency.test.ts'],
  },
  {
    name: 'a process number that was given away still holds the lock',
    file: 'src/lock/process-identity.ts',
    from: 'found.started !== other.started)',
    to: 'false)',
    tests: ['test/lock/workspace-lock.test.ts'],
  },
];
