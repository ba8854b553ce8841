// The strategies, in the order in which the reports show them. A new one is one file and one line here.

import { length } from './length.mjs';
import { pronouns } from './pronouns.mjs';
import { references } from './references.mjs';
import { tone } from './tone.mjs';
import { topics } from './topics.mjs';
import { vocabulary } from './vocabulary.mjs';

export const STRATEGIES = [length, vocabulary, topics, tone, pronouns, references];
