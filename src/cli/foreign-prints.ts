// What code of the configuration prints in this process, whenever it is called: standard output belongs to the command's own
// results. It goes to standard error, without secrets.
import { divertOutput } from '../config/diverted-output.ts';
import { standardError } from './standard-streams.ts';

/** Of what is kept until it is known what is secret. More is not for people, and must not fill the memory. */
const mostKept = 1 << 20;

export interface Prints {
  readonly hear: (text: string) => void;
  /** It is known what is secret: what was kept is told, and from now on whatever comes. */
  readonly tell: () => void;
  /** What was kept so far, which is kept no longer. */
  readonly take: () => string;
}

/** Those of now, for all bundles of the process: what one has kept and not told is for the next to tell. */
const key: unique symbol = Symbol.for('pipe-build.prints') as typeof key;
const shared = globalThis as { [key]?: Prints };

/** For a configuration that is about to be loaded. From here on nothing that is printed goes anywhere else. */
export function keepPrints(): Prints {
  const before = shared[key];
  if (before === undefined) divertOutput((text) => shared[key]?.hear(text));
  const prints = createPrints();
  prints.hear(before?.take() ?? '');
  shared[key] = prints;
  return prints;
}

function createPrints(): Prints {
  let kept: string[] | null = [];
  let room = mostKept;
  const take = () => kept?.splice(0).join('') ?? '';
  return {
    hear(text) {
      if (kept === null) {
        standardError().write(text);
        return;
      }
      if (room > 0) kept.push(text.length <= room ? text : `${text.slice(0, room)}…\n`);
      room -= text.length;
    },
    tell() {
      const text = take();
      kept = null;
      if (text !== '') standardError().write(text);
    },
    take,
  };
}
