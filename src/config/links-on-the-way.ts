// The links by which files were reached: another one may be reached by them tomorrow, although no file has changed.
import fs from 'node:fs';
import { wayOfLinks } from '../model/way-of-links.ts';

/** Absolute path, and where it leads as it says itself. */
export interface Link {
  readonly path: string;
  readonly text: string;
}

/** Looks at each folder once. */
export class LinksOnTheWay {
  private readonly texts = new Map<string, string | null>();

  /** `place`: absolute. `end`: where it leads; `null` where there are more links than the system follows. */
  to(place: string): { readonly links: readonly Link[]; readonly end: string | null } {
    const { turns, end } = wayOfLinks('/', place, (one) => this.textOf(one));
    return { links: turns.flatMap((one) => this.linkAt(one)), end };
  }

  private linkAt(place: string): readonly Link[] {
    const text = this.textOf(place);
    return text === null ? [] : [{ path: place, text }];
  }

  private textOf(place: string): string | null {
    const known = this.texts.get(place);
    if (known !== undefined) return known;
    const text = linkText(place);
    this.texts.set(place, text);
    return text;
  }
}

/** Whether it leads where it led. */
export function leadsOn({ path: place, text }: Link): boolean {
  return linkText(place) === text;
}

/** `null`: no link. */
function linkText(place: string): string | null {
  try {
    const isLink = fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
    return isLink ? fs.readlinkSync(place) : null;
  } catch {
    return null;
  }
}

/** Whether it came to be, or to lead there, at that moment or later. */
export function isLinkSince({ path: place }: Link, nowNs: bigint): boolean {
  try {
    return fs.lstatSync(place, { bigint: true }).ctimeNs >= nowNs;
  } catch {
    return true;
  }
}
