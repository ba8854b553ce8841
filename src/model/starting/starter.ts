// What `pipe init` writes where there is nothing yet: a small pipeline that builds at once.
import type { Draft } from './draft.ts';

/** Files that the starter works on, written where they are not there yet. */
export const starterFiles: Readonly<Record<string, string>> = {
  'texts/first.txt': 'A stage says which files it requires and which it produces.\n',
  'texts/second.txt': 'Edit one of these texts, and only what depends on it runs again.\n',
};

export const starter: Draft = {
  about: [
    'What is made from what. `pipe build` brings it up to date, `pipe watch` keeps it so, `pipe graph` draws it.',
    'The order of the stages comes from their files: `longest` requires what `words` produces.',
  ],
  stages: [
    {
      name: 'words',
      description: 'Count the words of each text',
      requires: ['texts/*.txt'],
      produces: ['build/words.txt'],
      run: ['wc -w {requires} > build/words.txt'],
    },
    {
      name: 'longest',
      description: 'The ten longest texts',
      requires: ['build/words.txt'],
      produces: ['build/longest.txt'],
      run: ['grep -v total build/words.txt | sort -rn | head -n 10 > build/longest.txt'],
    },
  ],
  notes: [],
};
