// What a person is told of files that a build from nothing would not have: of any number of them in one line.
import type { TaskId } from '../../base/brand.ts';
import type { Warning } from '../events.ts';
import { combinationText, readRecordId } from '../params/combination.ts';
import { listSome, plural } from './amounts.ts';

/** Files that have the same to be said of them. */
export interface Leftovers {
  /** Not empty. */
  readonly paths: readonly string[];
  /** The name of the stage that made them. */
  readonly maker: string;
}

/** Of those that a stage requires by a pattern. */
export interface RequiredLeftovers extends Leftovers {
  readonly consumer: string;
}

type Told = Omit<Warning, 'kind'>;

/** Some stage needs each by its name. */
export function toldAsSources({ paths, maker }: Leftovers): Told {
  const { files, was, it, isTaken } = wordsFor(paths);
  const message = `${files} ${was} made by stage "${maker}", which no longer produces ${it}; ${isTaken} from now on`;
  return { paths, message, hint: `delete ${it} if a build from nothing should not have ${it}` };
}

/** Their stage is not built now. `flags`: of the command line that would. */
export function toldAsLeft({ paths, maker, consumer }: RequiredLeftovers, flags: string): Told {
  const { files, it } = wordsFor(paths);
  const message = `stage "${consumer}" requires ${files}, which stage "${maker}" made and no longer produces: a build from nothing would not have ${it}`;
  return { paths, message, hint: `to have ${it} taken away: pipe build ${maker}${flags}` };
}

/** Of a stage that may fail, and did not get as far: the other one does without what is not there, and not without these. */
export function toldAsOld({ paths, maker, consumer }: RequiredLeftovers): Told {
  const { files, it } = wordsFor(paths);
  const message = `stage "${consumer}" goes by ${files} of an earlier build: stage "${maker}" could not make ${it} anew`;
  return { paths, message, hint: `a build in which "${maker}" does well brings both up to date` };
}

/** Before they are moved away. */
export function toldAsMoving(group: RequiredLeftovers): Told {
  const { it } = wordsFor(group.paths);
  const would = it === 'it' ? 'it would be' : 'they would be';
  return {
    paths: group.paths,
    message: `${noLongerProduced(group)}: ${would} kept in .pipeline-cache/displaced`,
  };
}

/** What follows says what has become of them. */
export function noLongerProduced({ paths, maker, consumer }: RequiredLeftovers): string {
  const { files, was, it } = wordsFor(paths);
  return `${files} ${was} made by stage "${maker}", which no longer produces ${it}, and stage "${consumer}" requires ${it} by a pattern`;
}

/** A file that was asked for. `pattern`: of the stage, which matches it. `near`: an output that was perhaps meant. */
export function toldAsNotMade(file: {
  readonly path: string;
  readonly stage: string;
  readonly pattern: string;
  readonly near: string | null;
}): Told {
  const { path, stage, pattern, near } = file;
  const what = path === pattern ? 'which it need not make' : `which matches its "${pattern}"`;
  return {
    paths: [path],
    message: `there is no ${path}: stage "${stage}" is up to date without having made this file, ${what}`,
    hint: near === null ? `what it has made: pipe describe ${stage}` : `did you mean "${near}"?`,
  };
}

export interface Orphans {
  readonly paths: readonly string[];
  readonly consumer: string;
  /** As `makerInWords` has it. */
  readonly made: string;
  /** Whether it needs them by their names. */
  readonly areNamed: boolean;
}

/** `place`: the flags that say where the workspace is. */
export function toldAsOrphans({ paths, consumer, made, areNamed }: Orphans, place: string): Told {
  const { files, it, sourceFiles } = wordsFor(paths);
  const clean = `pipe clean --orphans${place}`;
  return {
    paths,
    message: `stage "${consumer}" requires ${files}, ${made}: a build from nothing would not have ${it}`,
    hint: areNamed
      ? `delete ${it}; or take ${it} for ${sourceFiles} from now on: ${clean}`
      : `to delete what nobody makes any more: ${clean}`,
  };
}

/** Of a record that is none of a present task. `isThere`: whether there is a stage of its name. */
export function makerInWords(task: TaskId, isThere: (stage: string) => boolean): string {
  const { stage, combination } = readRecordId(task);
  const params = combination.length > 1 ? combinationText(combination) : '';
  const by = `made by stage "${stage}"`;
  if (!isThere(stage)) return `${by}${params === '' ? '' : ` with ${params}`}, which is gone`;
  return params === '' ? `${by} before it had parameters` : `${by} with ${params}, which it no longer takes`;
}

function wordsFor(paths: readonly string[]) {
  const [first = ''] = paths;
  return paths.length === 1
    ? {
        files: first,
        was: 'was',
        it: 'it',
        isTaken: 'it is taken as a source file',
        sourceFiles: 'a source file',
      }
    : {
        files: `${plural(paths.length, 'file')} (${listSome(paths, 3)})`,
        ...{
          was: 'were',
          it: 'them',
          isTaken: 'they are taken as source files',
          sourceFiles: 'source files',
        },
      };
}
