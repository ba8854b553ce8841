// What a person at a terminal may ask of a watch: reads the keys, and answers those that only show something.
import fs from 'node:fs';
import path from 'node:path';
import {
  type KeyAction,
  type KeyScene,
  type KeyState,
  type Pressed,
  pasted,
  pressed,
} from '../model/watch/keys.ts';
import { graphLines, helpLines, logLines, nextLine, promptLine } from '../render/watch-answers.ts';
import { behave } from './standard-streams.ts';
import { suspendJob } from './suspension.ts';
import type { WatchEnding } from './watch-ending.ts';
import { Keyboard } from './watch-keys.ts';
import type { WatchLoop } from './watch-loop.ts';
import type { WatchView } from './watch-view.ts';

export class WatchTerminal {
  private readonly loop: WatchLoop;
  private readonly view: WatchView;
  private readonly ending: WatchEnding;
  private readonly keyboard: Keyboard;
  private state: KeyState = { kind: 'waiting' };

  constructor(loop: WatchLoop, view: WatchView, ending: WatchEnding) {
    this.loop = loop;
    this.view = view;
    this.ending = ending;
    this.keyboard = new Keyboard({
      onKey: (key) => this.take((scene) => pressed(this.state, key, scene)),
      onPaste: (text) => this.take(() => pasted(this.state, text)),
      onGone: () => ending.readerIsGone(),
    });
  }

  close(): void {
    this.view.ask(null);
    this.keyboard.close();
  }

  private take(meaning: (scene: KeyScene) => Pressed): void {
    const { state, action } = meaning({
      stages: this.view.stages.map((stage) => stage.name),
      items: () => this.view.items,
      pending: this.view.pending,
    });
    this.state = state;
    if (action !== null) this.act(action);
  }

  private act(action: KeyAction): void {
    const { view, loop } = this;
    switch (action.kind) {
      case 'ask':
        view.ask(null);
        if (view.isBusy) view.say((look) => nextLine(action.request, look));
        loop.ask(action.request);
        return;
      case 'prompt':
        view.ask(promptLine(action.text));
        return;
      case 'prompt-over':
        view.ask(null);
        if (action.problem !== null) view.note(action.problem);
        return;
      case 'show':
        this.show(action.what);
        return;
      case 'suspend':
        suspendJob();
        return;
      case 'quit':
        // As a signal: nobody is waited for any longer.
        if (action.exitCode !== 0) behave('leaving');
        view.ask(null);
        this.ending.quit(action.exitCode);
        return;
    }
  }

  private show(what: 'log' | 'graph' | 'help' | 'nothing'): void {
    const { view } = this;
    switch (what) {
      case 'help':
        view.say((look) => helpLines(look));
        return;
      case 'graph':
        view.say((look) => graphLines(view.stages, look));
        return;
      case 'log':
        view.say((look) => logLines(this.lastLog(), look, view.rows));
        return;
      case 'nothing':
        view.clear();
        return;
    }
  }

  private lastLog(): { readonly path: string; readonly text: string } | null {
    const { lastLog } = this.view;
    if (lastLog === null) return null;
    try {
      return { path: lastLog.path, text: fs.readFileSync(path.join(lastLog.root, lastLog.path), 'utf8') };
    } catch {
      return null;
    }
  }
}
