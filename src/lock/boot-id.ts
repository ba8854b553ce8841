// Which boot of the machine this is: equal means that process ids and stamps of then still mean something.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { uptime } from 'node:os';

/** Differs from boot to boot and from machine to machine. Never throws. */
export function readBootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    // Not Linux. On a Mac not `kern.boottime`, which moves when the clock is set.
    const asked = spawnSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'latin1' });
    const uuid = asked.status === 0 ? asked.stdout.trim() : '';
    return uuid !== '' ? uuid : `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}
