// The line in which a person types an answer to a watch: the lowest of the terminal, until the answer is there.
import { LowestLine } from '../render/lowest-line.ts';
import { frameTerminal, standardOutput } from './standard-streams.ts';
import { whenSuspended } from './suspension.ts';

/** Answers what shows that line; `null` takes it away. */
export function openPrompt(): (text: string | null) => void {
  const line = new LowestLine(() => standardOutput().columns ?? 80);
  const draw = frameTerminal((piece) => line.below(piece));
  let typed: string | null = null;
  const put = (text: string | null) => {
    line.text = text;
    draw();
  };
  whenSuspended({
    suspend() {
      typed = line.text;
      put(null);
    },
    resume: () => put(typed),
  });
  return put;
}
