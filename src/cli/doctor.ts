// `pipe doctor`: checks what a build needs, as far as each thing can be checked, and says how to mend it.
import path from 'node:path';
import { locateConfig } from '../config/locate.ts';
import { stateFolderName } from '../journal/state-folder.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import { selectEverything } from '../model/selection.ts';
import { type Check, checkOf, exitCodeOf, reportJson, reportLines } from './check-report.ts';
import { folderChecks } from './checks-of-folder.ts';
import { nodeCheck, watchCheck } from './checks-of-machine.ts';
import { brokenChecks, soundChecks, stageChecks } from './checks-of-pipeline.ts';
import { type Flags, isSet, text } from './flags.ts';
import { toldData } from './hidden-secrets.ts';
import { looking } from './looking.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace, selectStages, type Workspace } from './workspace.ts';
import { callerEnv } from './world.ts';

export async function doctor(_positional: readonly string[], flags: Flags): Promise<number> {
  const checks = toldData(await examine(flags));
  if (isSet(flags, 'json')) printJson(reportJson(checks));
  else printLines(reportLines(checks, outLook()));
  return exitCodeOf(checks);
}

async function examine(flags: Flags): Promise<readonly Check[]> {
  const cwd = process.cwd();
  const located = locateConfig({ cwd, config: text(flags, 'config'), root: text(flags, 'root') });
  const root = located.ok ? located.value.root : cwd;
  const watching = watchCheck();
  return [
    nodeCheck(process.versions.node),
    ...(await pipelineChecks(flags)),
    ...folderChecks(root, located.ok ? path.join(root, stateFolderName) : null),
    ...(watching === null ? [] : [watching]),
  ];
}

async function pipelineChecks(flags: Flags): Promise<readonly Check[]> {
  const envFiles = await problemsOf(() => callerEnv(flags));
  const readable = 'problems' in envFiles ? { ...flags, envFile: undefined } : flags;
  const ofEnvFiles = 'problems' in envFiles ? [checkOf('env files', envFiles.problems, '')] : [];
  const opened = await problemsOf(() => openWorkspace(readable, { params: 'open' }));
  if ('problems' in opened) return [...brokenChecks(opened.problems), ...ofEnvFiles];
  return [...soundChecks(opened.value), ...ofEnvFiles, ...(await checksOfStages(opened.value, readable))];
}

async function checksOfStages(workspace: Workspace, flags: Flags): Promise<readonly Check[]> {
  const selection = selectStages(workspace, selectEverything);
  return looking(workspace, selection, flags, (world) => stageChecks(world, workspace, selection));
}

/** What the user has to mend becomes a finding here, instead of ending the command. */
async function problemsOf<T>(
  act: () => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly problems: readonly Diagnostic[] }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (error instanceof UsageError) return { problems: error.diagnostics };
    throw error;
  }
}
