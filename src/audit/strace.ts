// strace, the program that watches the system calls of others: whether it works here, and how it is asked.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { tracedCalls } from '../model/audit/system-call.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

const probeTimeoutMs = 10_000;

/**
 * - `-DDD`: the tracer stands aside, in a session of its own. The program stays our child, leader of its process
 *   group; signals to the group do not reach the tracer, which ends when nothing is left to be watched.
 * - `-f`: with all that the program starts. `-I2`: TERM makes it let go of them.
 * - `-y`: descriptors with their paths. `-xx`: names as bytes in hexadecimal, so that none can look like anything else.
 * - Arguments and variables of programs are left out: they may be secrets.
 *
 * `--seccomp-bpf` would be faster. But a process that is left without its tracer, such as a daemon that outlives the
 * stage, could then open no file any more.
 */
export function straceArguments(tracePath: string): readonly string[] {
  const calls = tracedCalls().map((name) => `?${name}`);
  return [
    ...['-DDD', '-f', '-I2', '-q', '-y', '-xx'],
    ...['-e', 'signal=none', '-e', 'verbose=?openat2,?clone3,?io_uring_setup', '-e', `trace=${calls.join()}`],
    ...['-o', tracePath, '--'],
  ];
}

/** Absolute path of a strace that works, or why nothing can be audited. `searchPath`: as in `PATH`. */
export function findStrace(options: {
  readonly platform: string;
  readonly searchPath: string;
}): Result<string, Diagnostic> {
  if (options.platform !== 'linux') {
    return problem(
      'an audit needs Linux, where strace can watch what stages do',
      'run it in a container or a virtual machine with Linux, or in CI',
    );
  }
  const strace = findProgram('strace', options.searchPath, '/');
  if (strace === null) {
    return problem(
      'an audit needs strace, which is not on the PATH',
      'install it, for instance with: sudo apt install strace, sudo dnf install strace or apk add strace',
    );
  }
  const probe = spawnSync(strace, [...straceArguments('/dev/null'), '/bin/sh', '-c', ':'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: probeTimeoutMs,
    killSignal: 'SIGKILL',
  });
  if (probe.status === 0) return ok(strace);
  const said = (probe.stderr || probe.error?.message || 'it does not end').trim().split('\n')[0]!;
  return problem(
    `an audit needs strace, but ${strace} cannot watch a program here: ${said}`,
    /not permitted|denied/i.test(said)
      ? 'in a container, allow it: docker run --cap-add SYS_PTRACE'
      : 'it must be strace 5.4 or newer',
  );
}

function problem(message: string, hint: string): Result<never, Diagnostic> {
  return err({ code: 'PIPE043', message, at: '--audit', hint });
}

/** Where a program that is named like this would be found; `null`: nowhere. */
export function findProgram(name: string, searchPath: string, cwd: string): string | null {
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : searchPath.split(':').map((folder) => join(resolve(cwd, folder), name));
  return candidates.find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
