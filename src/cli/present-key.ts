// What a proof depends on besides files, as it is for this process.
import { keyText } from '../glance/glance-key.ts';
import { readBootId } from '../lock/boot-id.ts';
import { launched } from './launched.ts';

/** `root`: absolute. Of a plain build, whose words begin after `build`. */
export function presentKey(root: string): string {
  return keyText({
    build: launched()?.buildId ?? '',
    bootId: readBootId(),
    root,
    cwd: process.cwd(),
    words: process.argv.slice(3),
  });
}
