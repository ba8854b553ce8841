// A thread that looks at a part of what a proof names.
import { workerData } from 'node:worker_threads';
import type { LookOrder } from './many-eyes.ts';
import { pathsIn } from './proof-format.ts';
import { lookAtChunks } from './shared-look.ts';

const { bytes, root, shared } = workerData as LookOrder;
const seen = pathsIn(Buffer.from(bytes));
if (seen !== null) lookAtChunks({ root, ...seen }, shared);
