// A voice that speaks: espeak-ng says it, and sox gives it the rate of the show.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWav } from '../lib/wav.mjs';

export const espeak = {
  problem() {
    const missing = ['espeak-ng', 'sox'].filter(
      (program) => spawnSync(program, ['--version']).error?.code === 'ENOENT',
    );
    if (missing.length === 0) return null;
    return `${missing.join(' and ')} not installed: apt-get install espeak-ng sox, or build with -p voice=tone`;
  },

  speak(text, { espeakVoice }, rateHz) {
    const folder = mkdtempSync(path.join(tmpdir(), 'podcast-'));
    const [said, converted] = [path.join(folder, 'said.wav'), path.join(folder, 'converted.wav')];
    try {
      // The text through standard input: it may begin with a dash.
      call('espeak-ng', ['-v', espeakVoice, '-w', said, '--stdin'], text);
      call('sox', [said, '-r', String(rateHz), '-c', '1', '-b', '16', converted]);
      return readWav(converted).tracks[0];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function call(program, args, input = '') {
  const { error, status, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} failed: ${stderr.trim()}`);
}
