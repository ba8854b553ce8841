// What a proof depends on besides files, as it is for this process.
import { keyText } from '../glance/glance-key.ts';
import { readBootId } from '../lock/boot-id.ts';
import { launched } from './launched.ts';

/** `words`: of a plain build, after `build`. */
export function presentKey(
  { root, configPath }: { readonly root: string; readonly configPath: string },
  words: readonly string[],
): string {
  return keyText({
    build: launched()?.buildId ?? '',
    bootId: readBootId(),
    root,
    config: configPath,
    cwd: process.cwd(),
    words,
  });
}
