// Holds values against a schema whose patterns are somebody else's: one that can match in very many ways may take as long as
// a loop without end.
import { callForeign } from '../base/foreign-call.ts';

interface Watched {
  test(text: string): boolean;
}

/** The patterns of one schema, and which of them is at work. */
export class Patterns {
  private latest: RegExp | null = null;

  /** For the library, which asks for each pattern of a schema when it compiles it. */
  readonly engine = Object.assign((source: string, flags: string): Watched => this.watched(source, flags), {
    code: 'new RegExp',
  });

  /** `null`: the schema has none. */
  get atWork(): RegExp | null {
    return this.latest;
  }

  private watched(source: string, flags: string): Watched {
    const pattern = new RegExp(source, flags);
    this.latest = pattern;
    const watched = {
      test: (text: string) => {
        this.latest = pattern;
        return pattern.test(text);
      },
      // By this the library knows one from another.
      toString: () => String(pattern),
    };
    return watched;
  }
}

/** As many together as it is worth a watch over the time; `onWrong` is told of each that does not fit. */
export function validateAll<Of>(
  values: readonly { readonly value: unknown; readonly of: Of }[],
  { validate, patterns, limitMs }: Validation,
  onWrong: (of: Of) => void,
): { readonly why: string; readonly of: Of } | null {
  let at = 0;
  const all = () => {
    for (; at < values.length; at++) {
      const { value, of } = values[at]!;
      if (!validate(value)) onWrong(of);
    }
  };
  // The library's own work takes as long as the data is large.
  if (patterns.atWork === null) {
    all();
    return null;
  }
  const answer = callForeign(all, null, limitMs);
  return answer.kind === 'gave'
    ? null
    : { why: `the pattern ${patterns.atWork} ${answer.why}`, of: values[at]!.of };
}

export interface Validation {
  readonly validate: (value: unknown) => boolean;
  readonly patterns: Patterns;
  readonly limitMs: number | undefined;
}
