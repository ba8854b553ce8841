// How a watch comes to answer builds in the same workspace: what it knows of itself, put to the decision.
import fs from 'node:fs';
import path from 'node:path';
import { isRefusal } from '../engine/refusal.ts';
import { markStateFolder } from '../journal/state-folder.ts';
import type { Answer, Question } from '../model/watch/question.ts';
import { doubtOf } from '../model/watch/vouching.ts';
import { Answering } from '../watch/answering.ts';
import { makeAskingPlace } from '../watch/asking-place.ts';
import { meetingPoint } from './meeting-point.ts';
import { presentKey } from './present-key.ts';
import type { WatchEars } from './watch-ears.ts';
import type { WatchLoop } from './watch-loop.ts';
import type { Place } from './workspace.ts';

/** `targets`: as they were typed. */
export function answerBuilds(
  loop: Pick<WatchLoop, 'present' | 'suspect'>,
  about: {
    readonly place: Place;
    readonly ears: Pick<WatchEars, 'attend' | 'seesLike' | 'isWhole' | 'arm'>;
    readonly targets: readonly string[];
  },
): Answering {
  const { place, ears, targets } = about;
  const key = presentKey(place, targets);
  const { folder, name } = meetingPoint(place.state, key);
  const answer = (question: Question, heardAll: boolean): Answer => {
    const { state, watched } = loop.present;
    const doubt = doubtOf(state, {
      asksTheSame: question.key === key,
      seesTheSame: ears.seesLike(question.view),
      watchesAll: ears.isWhole,
      heardAll,
      allAreFresh: watched?.isAllFresh ?? false,
    });
    if (doubt !== null || watched === null) return { kind: 'doubts', doubt: doubt ?? 'at-work' };
    const nowMs = timeOf(path.join(folder, question.cookie));
    const proof = nowMs === null ? null : watched.proof(nowMs);
    if (ears.arm() > 0) {
      // What was looked at just now was not watched before: all is looked at again.
      loop.suspect();
      return { kind: 'doubts', doubt: 'not-watched' };
    }
    if (proof === null) return { kind: 'doubts', doubt: 'more-to-say' };
    return { kind: 'vouches', proof: proof.toString('base64') };
  };
  const answering = new Answering({ folder, name, answer });
  // Before anything is watched: a folder that came to be later would be a reason to look at everything again.
  markStateFolder(place.state);
  makeAskingPlace(folder);
  ears.attend(folder, (file, heardAll) => answering.heard(file, heardAll));
  return answering;
}

/** `null`: whoever made the file has given up. */
function timeOf(file: string): number | null {
  try {
    return fs.statSync(file).mtimeMs;
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return null;
  }
}
