// The way that a path takes through links, as the system goes it: name by name, and `..` leads up from the folder in which
// one really is, not from the name by which it was reached.
import { posix } from 'node:path';

export interface WayOfLinks {
  /**
   * The links, and what is entered and left again by `..`, each by its real path, in the order in which they are come by.
   */
  readonly turns: readonly string[];
  /** Absolute, without links, whether anything is there or not; `null`: there are more links than the system follows. */
  readonly end: string | null;
}

/** As many as the system itself follows. */
const mostLinks = 40;

/**
 * `text`: absolute, or from `folder` on, which is absolute and without links. `textOf`: of the link at this place, `null`
 * where there is none.
 */
export function wayOfLinks(
  folder: string,
  text: string,
  textOf: (place: string) => string | null,
): WayOfLinks {
  const turns: string[] = [];
  const ahead: string[] = [];
  let at = folder;
  let links = 0;
  const goOn = (by: string) => {
    if (by.startsWith('/')) at = '/';
    ahead.push(...by.split('/').reverse());
  };
  goOn(text);
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (!isAround(at, folder)) turns.push(at);
      at = posix.dirname(at);
      continue;
    }
    const place = posix.join(at, name);
    const leadsTo = textOf(place);
    if (leadsTo === null) at = place;
    else {
      if (links++ === mostLinks) return { turns, end: null };
      turns.push(place);
      goOn(leadsTo);
    }
  }
  return { turns, end: at };
}

function isAround(outer: string, folder: string): boolean {
  return outer === '/' || outer === folder || folder.startsWith(`${outer}/`);
}
