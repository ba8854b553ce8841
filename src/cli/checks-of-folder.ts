// What `pipe doctor` asks of the folders: whether they can be written, on which file system they are, its clock and space.
import fs from 'node:fs';
import path from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { makeStateFolder } from '../journal/state-folder.ts';
import { fileSystemNamed } from '../model/file-system-kind.ts';
import { formatDuration, formatSize } from '../model/words/amounts.ts';
import type { Check } from './check-report.ts';

const littleSpaceBytes = 1_000_000_000;
/** File systems of the FAT family count in steps of two seconds. */
const clockToleranceMs = 3_000;

/** `state`: `null` where there is no workspace, so that none is made. */
export function folderChecks(root: string, state: string | null): readonly Check[] {
  const checks = [rootCheck(root)];
  if (state === null) return [...checks, ...volumeChecks(root)];
  const made = tried(() => makeStateFolder(state));
  if (!made.ok) return [...checks, stateTrouble(state, made.error), ...volumeChecks(root)];
  return [...checks, ...stateChecks(state), ...volumeChecks(state)];
}

export function spaceCheck(freeBytes: number): Check {
  const detail = `${formatSize(freeBytes)} free`;
  if (freeBytes >= littleSpaceBytes) return { name: 'disk', status: 'ok', detail };
  const hint = 'make room: pipe cache gc shrinks the cache, pipe cache clear empties it';
  return { name: 'disk', status: freeBytes > 0 ? 'warn' : 'fail', detail, hint };
}

/** Both in milliseconds since 1970, taken at the same moment. */
export function clockCheck(fileSystemMs: number, processMs: number): Check {
  const apartMs = Math.abs(fileSystemMs - processMs);
  if (apartMs <= clockToleranceMs) {
    return { name: 'clock', status: 'ok', detail: 'the file system and this process agree' };
  }
  return {
    name: 'clock',
    status: 'warn',
    detail: `the clock of the file system is ${formatDuration(apartMs)} ${fileSystemMs > processMs ? 'ahead' : 'behind'}`,
    hint: "let both machines set their clocks by the network; under freshness 'mtime' a wrong clock builds too much or too little",
  };
}

/** `type`: the number by which Linux knows the kind of file system. */
export function fileSystemCheck(type: number): Check {
  const kind = fileSystemNamed(type);
  if (kind === null)
    return { name: 'file system', status: 'ok', detail: 'of a kind without a known problem' };
  if (!kind.shared) return { name: 'file system', status: 'ok', detail: kind.name };
  return {
    name: 'file system',
    status: 'warn',
    detail: `${kind.name}, which other machines may write to`,
    hint: 'build on a local disk, or let only one machine build here at a time',
  };
}

function rootCheck(root: string): Check {
  const writing = tried(() => fs.accessSync(root, fs.constants.W_OK | fs.constants.X_OK));
  if (writing.ok) return { name: 'root', status: 'ok', detail: `${root} can be written` };
  return {
    name: 'root',
    status: 'fail',
    detail: `${root} cannot be written: ${writing.error}`,
    hint: 'give yourself the right to write there, or work in a copy',
  };
}

function stateTrouble(state: string, trouble: string): Check {
  return {
    name: 'state',
    status: 'warn',
    detail: `${state} cannot be made or written, so every build runs everything: ${trouble}`,
    hint: 'it must be a folder that you may write to; deleting it costs work, nothing else',
  };
}

function stateChecks(state: string): readonly Check[] {
  const probed = tried(() => probe(path.join(state, `doctor-${process.pid}`)));
  if (!probed.ok) return [stateTrouble(state, probed.error)];
  return [
    { name: 'state', status: 'ok', detail: `${state} can be written` },
    ignoreCheck(path.join(state, '.gitignore')),
    clockCheck(probed.value.fileSystemMs, probed.value.processMs),
  ];
}

/** Writes a file and takes it away again. */
function probe(file: string): { readonly fileSystemMs: number; readonly processMs: number } {
  fs.writeFileSync(file, '');
  try {
    return { fileSystemMs: fs.statSync(file).mtimeMs, processMs: Date.now() };
  } finally {
    fs.unlinkSync(file);
  }
}

/** The state folder tells git itself to leave it alone, so that no project has to. */
function ignoreCheck(file: string): Check {
  const text = tried(() => fs.readFileSync(file, 'utf8'));
  if (text.ok && text.value.split(/\r?\n/).includes('*')) {
    return { name: 'git', status: 'ok', detail: 'the state folder is ignored' };
  }
  return {
    name: 'git',
    status: 'warn',
    detail: `${file} does not keep the state folder out of git: ${text.ok ? 'it has no line "*"' : text.error}`,
    hint: 'delete that file: the next build writes it anew',
  };
}

function volumeChecks(folder: string): readonly Check[] {
  const volume = tried(() => fs.statfsSync(folder));
  if (!volume.ok) return [];
  const { type, bavail, bsize } = volume.value;
  // Other systems number their file systems otherwise.
  const ofKind = process.platform === 'linux' ? [fileSystemCheck(type)] : [];
  return [...ofKind, spaceCheck(bavail * bsize)];
}

/** The error is what the file system says against it. */
function tried<T>(act: () => T): Result<T, string> {
  try {
    return ok(act());
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
