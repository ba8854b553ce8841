// Where a build finds the watch that can answer it: one for each question, so that nobody is asked another's.
import path from 'node:path';
import { checksumOf } from '../glance/checksum.ts';
import { askingFolderName } from '../model/watch/question.ts';

/** `state`: absolute path of `.pipeline-cache`. `key`: see `presentKey`. */
export function meetingPoint(state: string, key: string): { readonly folder: string; readonly name: string } {
  const name = `watch-${checksumOf(Buffer.from(key)).toString(16).padStart(8, '0')}`;
  return { folder: path.join(state, askingFolderName), name };
}
