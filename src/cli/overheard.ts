// Which of the caller's variables were asked for, and what they were: what was answered stands while they are the same.
import type { CallerEnv } from '../engine/ports.ts';

export class Overheard {
  private readonly asked = new Map<string, string | null>();
  private readonly secrets: ReadonlySet<string>;
  private readonly onSecret: (name: string) => void;
  private readonly isListening: () => boolean;

  /**
   * `secrets`: names. Their values must not be written down; that they were asked for, `onSecret` is told. What is asked
   * while it is not listening counts for nothing.
   */
  constructor(
    secrets: Iterable<string>,
    onSecret: (name: string) => void = () => {},
    isListening: () => boolean = () => true,
  ) {
    this.secrets = new Set(secrets);
    this.onSecret = onSecret;
    this.isListening = isListening;
  }

  /** The same, and what is asked of it is remembered. */
  of(caller: CallerEnv): CallerEnv {
    return {
      names: () => caller.names(),
      get: (name) => {
        const value = caller.get(name);
        if (!this.isListening()) return value;
        if (this.secrets.has(name)) this.onSecret(name);
        else this.asked.set(name, value ?? null);
        return value;
      },
    };
  }

  /** `null` where unset. */
  get env(): readonly (readonly [name: string, value: string | null])[] {
    return [...this.asked];
  }
}
