// Of random edits against a watch: stages that share what is scarce, weigh much, fail at first, and whose outputs are checked.
import { spawnSync } from 'node:child_process';
import type { Rig } from '../rig/rig.ts';
import type { Random } from '../rig/seeded.ts';

/** Who finds another one at work says so; whatever ends the command lets go of it. Where nothing locks, nothing is told. */
const alone =
  'command -v flock > /dev/null && { exec 9> one.lock; flock -n 9 || echo $PIPE_STAGE >> together.txt; }; ';
const sorted = 'cat $(find stock -name "*.txt" | LC_ALL=C sort) /dev/null';
const mostOfText = 3;

/** As they are in the configuration and beside it; each may be edited. */
interface Settings {
  /** With one alone it fails, since its first attempt does. */
  attempts: number;
  few: number;
  /** More than that does not pass. */
  limit: number;
  word: number;
}

const mended = { attempts: 3, few: 2, limit: mostOfText };

export class WatchedStock {
  private readonly rig: Rig;
  private readonly random: Random;
  private settings: Settings = { ...mended, word: 0 };

  constructor(rig: Rig, random: Random) {
    this.rig = rig;
    this.random = random;
  }

  /** Its part of the configuration. */
  readonly imports = `import { limit } from './lib/limit.ts';\n`;
  readonly pools = () => `pools: { one: 1, few: ${this.settings.few} },`;

  stages(hasItems: boolean): string {
    const { attempts, word } = this.settings;
    const retry = `retry: { attempts: ${attempts}, delay: 5, jitter: false }`;
    const check = `check: (file) => file.text().split('\\n').every((line) => !(Number(line) > limit))`;
    return `
  tries: { requires: [optional('stock/*.txt')], produces: ['scarce/tries.txt'], pool: 'one', ${retry}, ${check}, run: '${alone}${sorted} > scarce/tries.txt; test $PIPE_ATTEMPT -gt 1' },
  heavy: { requires: ['scarce/tries.txt', optional('stock/*.txt')], produces: ['scarce/heavy.txt'], pool: { one: 1 }, weight: 2, ${check}, run: '${alone}cat scarce/tries.txt > scarce/heavy.txt; echo 0${word} >> scarce/heavy.txt' },
${
  hasItems
    ? `
  judged: { forEach: optional('stock/{n}.txt'), produces: ['judged/{n}.txt'], pool: 'few', ${retry}, ${check}, run: 'cp {item} judged/{n}.txt; test $PIPE_ATTEMPT -gt 1' },
  verdict: { requires: [optional('judged/*.txt')], produces: ['scarce/verdict.txt'], pool: { one: 1, few: 1 }, weight: 2, run: '${alone}cat {requires} /dev/null > scarce/verdict.txt' },`
    : ''
}`;
  }

  edit(): readonly [what: string, act: () => void] {
    const { rig, random, settings } = this;
    const file = `stock/${random.upTo(3)}.txt`;
    const text = `${random.upTo(mostOfText)}\n`;
    switch (random.upTo(6)) {
      case 0:
      case 1:
        return ['write to the stock', () => rig.write(file, text)];
      case 2:
        return ['take from the stock', () => rig.remove(file)];
      case 3:
        return ['save the stock as it is', () => rig.write(file, rig.read(file))];
      case 4:
        return [
          'edit the limit',
          () => {
            settings.limit = random.upTo(mostOfText);
            this.writeLimit();
          },
        ];
      case 5:
        return [
          'remove what was made of the stock',
          () =>
            rig.remove(['scarce/tries.txt', 'scarce/heavy.txt', 'judged/1.txt', 'judged'][random.upTo(3)]!),
        ];
      default:
        return [
          'edit the settings',
          () => {
            settings.attempts = 1 + random.upTo(2);
            settings.few = 1 + random.upTo(2);
            settings.word = random.upTo(2);
          },
        ];
    }
  }

  /** All can be built with it. The configuration is to be written after that. */
  mend(): void {
    Object.assign(this.settings, mended);
    this.writeLimit();
  }

  private writeLimit(): void {
    this.rig.write('lib/limit.ts', `export const limit = ${this.settings.limit};\n`);
  }

  /** `hasItems`: as the configuration was written last. */
  expected(hasItems: boolean): Readonly<Record<string, string>> {
    const { rig } = this;
    const names = rig.exists('stock') ? rig.files('stock') : [];
    const tries = spawnSync('sh', ['-c', sorted], { cwd: rig.root, encoding: 'utf8' }).stdout;
    const judged = names.map((file) => [`judged/${file}`, rig.read(`stock/${file}`)] as const);
    return {
      'scarce/tries.txt': tries,
      'scarce/heavy.txt': `${tries}0${this.settings.word}\n`,
      ...(hasItems && { ...Object.fromEntries(judged), 'scarce/verdict.txt': tries }),
    };
  }

  /** What ran although it had no room. */
  get together(): string {
    return this.rig.exists('together.txt') ? this.rig.read('together.txt') : '';
  }
}
