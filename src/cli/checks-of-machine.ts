// What `pipe doctor` asks of the machine: Node, and how much can be watched.
import fs from 'node:fs';
import { satisfies, versionIn } from '../model/command/version-range.ts';
import type { Check } from './check-report.ts';

/** As `engines` of package.json. */
const nodeRange = '>=20.19';

/** `version`: as `process.versions.node`. */
export function nodeCheck(version: string): Check {
  const number = versionIn(version);
  const detail = `${version}, and pipe needs ${nodeRange}`;
  if (number !== null && satisfies(number, nodeRange)) return { name: 'Node', status: 'ok', detail };
  return {
    name: 'Node',
    status: 'fail',
    detail,
    hint: 'install a newer Node, such as the current LTS version',
  };
}

/** Only a note: what is needed depends on the workspace. `null` where the system has no such limit. */
export function watchCheck(limitFile = '/proc/sys/fs/inotify/max_user_watches'): Check | null {
  try {
    const limit = Number(fs.readFileSync(limitFile, 'utf8'));
    return { name: 'watching', status: 'ok', detail: `up to ${limit} folders and files at once (inotify)` };
  } catch {
    return null;
  }
}
