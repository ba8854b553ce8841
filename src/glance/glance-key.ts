// What the answer "nothing to do" depends on besides the files that were looked at.

export interface GlanceKey {
  /** Of `pipe` as it was built: another build may judge otherwise. */
  readonly build: string;
  readonly bootId: string;
  /** Absolute. */
  readonly root: string;
  /** Absolute: of the configuration. */
  readonly config: string;
  readonly cwd: string;
  /** Of the command line, after `build`. */
  readonly words: readonly string[];
}

export function keyText({ build, bootId, root, config, cwd, words }: GlanceKey): string {
  const { version, platform, arch, env, execPath } = process;
  return JSON.stringify([
    build,
    version,
    execPath,
    platform,
    arch,
    process.getuid?.() ?? null,
    env.HOME ?? null,
    bootId,
    root,
    config,
    cwd,
    words,
  ]);
}
