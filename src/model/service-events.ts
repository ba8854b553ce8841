// What a run says of its services.

/** How one stands now. A task that needs one that is down fails with `service-down`. */
export type ServiceChanged = {
  readonly kind: 'service-changed';
  readonly service: string;
} & ServiceState;

type ServiceState =
  /** It is down, and others may bring it up. */
  | {
      readonly state: 'awaited';
      readonly checked: string;
      readonly why: string;
      readonly timeoutMs: number;
    }
  /** It was down. `log` is relative to the root. */
  | {
      readonly state: 'started';
      readonly command: string;
      readonly timeoutMs: number;
      readonly log: string;
    }
  /** `waitedMs`: since it was first looked at. */
  | { readonly state: 'healthy'; readonly checked: string; readonly waitedMs: number }
  | {
      readonly state: 'down';
      readonly checked: string;
      readonly why: string;
      readonly waitedMs: number;
    }
  /** It was started here. `why`: how it ended by itself; `null`: the run is over. */
  | { readonly state: 'ended'; readonly why: string | null };
