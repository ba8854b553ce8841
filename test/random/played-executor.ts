// Does a stage's work in place of its program, in steps between which a build can be disturbed.
import fs from 'node:fs';
import type { Execution, ExecutionEnd, Executor } from '../../src/engine/executor.ts';
import type { Disturbance } from './builder.ts';
import type { Shape, StageShape } from './shape.ts';
import { file, writeNode } from './tree.ts';
import { isOwnPath, outputsOf, producesOf, readable } from './work.ts';

export class PlayedExecutor implements Executor {
  readonly died: Promise<'died'>;
  disturbed: string | null = null;
  private readonly root: string;
  private readonly shape: Shape;
  private readonly disturbance: Disturbance;
  private executions = 0;
  private die: () => void = () => {};

  constructor(root: string, shape: Shape, disturbance: Disturbance) {
    this.root = root;
    this.shape = shape;
    this.disturbance = disturbance;
    this.died = new Promise((resolve) => {
      this.die = () => resolve('died');
    });
  }

  start(execution: Execution) {
    return { ended: this.perform(execution), cancel() {} };
  }

  atRest(): void {}

  hasLeftBehind(): boolean {
    return false;
  }

  async endLeftBehind(): Promise<'ended'> {
    return 'ended';
  }

  private async perform({ context, logPath }: Execution): Promise<ExecutionEnd> {
    const stage = this.shape.find((one) => one.name === context.stage)!;
    // Nothing that a stage writes: else their contents would be one in the cache.
    fs.writeFileSync(logPath!, `log of ${stage.salt}\n`);
    const { disturbance } = this;
    const isNow = 'nth' in disturbance && this.executions++ === disturbance.nth;
    if (isNow) this.disturbed = stage.name;
    if (isNow && disturbance.kind === 'act') disturbance.act(stage.name);
    const inputs = context.requires.map((path) => ({
      path,
      text: fs.existsSync(this.absolute(path)) ? fs.readFileSync(this.absolute(path), 'utf8') : null,
    }));
    const outputs = outputsOf(stage, inputs);
    if (isNow && disturbance.kind === 'act') disturbance.undo();
    if (stage.inPlace) this.sweep(stage);
    if (outputs === null && stage.kind === 'picky' && readable(inputs) !== null)
      writeNode(this.root, `${stage.base}.txt`, file('half\n'));
    let written = 0;
    for (const [path, node] of outputs ?? []) {
      // In the middle of its work: some of it is done, the rest will never be.
      if (isNow && disturbance.kind === 'die' && written++ > outputs!.size * disturbance.fraction) break;
      writeNode(this.root, path, node);
    }
    if (isNow && disturbance.kind === 'die') {
      this.die();
      return new Promise(() => {});
    }
    if (outputs !== null) return { kind: 'succeeded' };
    return { kind: 'failed', failure: { kind: 'exit', code: 1, line: '' }, tail: [] };
  }

  private sweep(stage: StageShape): void {
    const folder = stage.kind === 'split' ? stage.base : stage.kind === 'folder' ? `${stage.base}.d` : null;
    const files =
      folder === null
        ? producesOf(stage)
        : fs.readdirSync(this.absolute(folder)).map((name) => `${folder}/${name}`);
    for (const path of files.filter((path) => isOwnPath(stage, path)))
      fs.rmSync(this.absolute(path), { recursive: true, force: true });
  }

  private absolute(path: string): string {
    return `${this.root}/${path}`;
  }
}
