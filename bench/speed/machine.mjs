// On what was measured: enough to judge the figures by, and nothing that names the machine or who owns it.

import os from 'node:os';

export function machineInWords() {
  const [processor] = os.cpus();
  const kind = (processor?.model ?? 'unknown').replace(/\s+/g, ' ').trim();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GB of memory`;
  return `${os.availableParallelism()} × ${kind}, ${memory}, ${process.platform}-${process.arch}`;
}

export function dateInWords(now = new Date()) {
  return now.toISOString().slice(0, 10);
}
