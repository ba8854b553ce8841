// A thread that hashes a part of many files, or all of them while they are being copied.
import { workerData } from 'node:worker_threads';
import { hashBehind, Progress } from './hashing-behind.ts';
import { type HashOrder, SharedHashing } from './shared-hashing.ts';

const order = workerData as HashOrder;
const { copying } = order;
const work = new SharedHashing(order);
if (copying === undefined) work.help();
else {
  const progress = new Progress(copying.progress);
  work.help((file, onRead, i) => hashBehind(file, copying.sizesBytes[i]!, { progress, i, onRead }));
}
