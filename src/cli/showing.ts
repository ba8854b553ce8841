// Where and how a run is shown: the console of a command.
import { type Console, type ConsoleOptions, createConsole } from '../render/console.ts';
import { type ConsoleMode, chooseMode } from '../render/console-mode.ts';
import { type Flags, isSet, text } from './flags.ts';
import { standardError, standardOutput, standardOutputForJson } from './standard-streams.ts';
import { whenSuspended } from './suspension.ts';

export function modeOf(flags: Flags): ConsoleMode {
  const level = text(flags, 'logLevel');
  const quiet = isSet(flags, 'quiet') || level === 'warn' || level === 'error';
  return chooseMode({ json: isSet(flags, 'json'), quiet }, standardOutput(), process.env);
}

/** Where a run is shown. */
export function openConsole(
  flags: Flags,
  mode: ConsoleMode,
  options: Pick<ConsoleOptions, 'raw' | 'names' | 'auditLines' | 'goOnFlags' | 'onClosed'>,
): Console {
  const console = createConsole({
    mode,
    verbose: isSet(flags, 'verbose') || text(flags, 'logLevel') === 'debug',
    stdout: mode === 'json' ? standardOutputForJson() : standardOutput(),
    stderr: standardError(),
    env: process.env,
    ...options,
  });
  if (mode !== 'live') return console;
  const release = whenSuspended(console);
  return {
    ...console,
    close() {
      release();
      console.close();
    },
  };
}
