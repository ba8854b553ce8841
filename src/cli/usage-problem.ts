// What is wrong with a command line, in the words of the parser, as a diagnostic.
import type { Diagnostic } from '../model/diagnostic.ts';

/** An error of commander: its code and its message, which may end in a suggestion on a line of its own. */
export interface ParserError {
  readonly code: string;
  readonly message: string;
}

export interface AskedCommand {
  /** As typed: `pipe build`, or `pipe` where none was reached. */
  readonly name: string;
  /** Whether a command behind it has this flag. */
  readonly isKnownLater: (flag: string) => boolean;
}

export function usageProblem({ code, message }: ParserError, asked: AskedCommand): Diagnostic {
  const [first = '', ...suggestion] = message.split('\n');
  const near = /Did you mean (?:one of )?(.*)\?\)$/.exec(suggestion.join(' '))?.[1];
  return {
    code: code === 'commander.unknownCommand' ? 'PIPE042' : 'PIPE034',
    message: asOneSentence(first),
    at: asked.name,
    hint:
      near === undefined
        ? wayOut(code, first, asked)
        : `did you mean ${near
            .split(', ')
            .map((one) => `"${one}"`)
            .join(' or ')}?`,
  };
}

function wayOut(code: string, message: string, { name, isKnownLater }: AskedCommand): string {
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  if (code === 'commander.unknownCommand') {
    return `pipe --help shows the commands; a stage or file of that name is built by pipe build ${quoted}`;
  }
  if (code === 'commander.unknownOption' && isKnownLater(quoted)) {
    return `options stand behind the command, as in pipe build ${quoted} …`;
  }
  return `${name} --help shows what it takes`;
}

/** Without `error:`, the full stop and the second sentence's capital, in the quotes of all other messages. */
function asOneSentence(text: string): string {
  return text
    .replace(/^error: /, '')
    .replaceAll("'", '"')
    .replace(/\. ([A-Za-z])/, (_, next: string) => `: ${next.toLowerCase()}`)
    .replace(/\.$/, '');
}
