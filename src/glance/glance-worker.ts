// A thread that looks at a part of what a proof names.
import fs from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { LookOrder } from './many-eyes.ts';
import { decodeProof } from './proof-format.ts';
import { lookAtChunks } from './shared-look.ts';

const { proofFile, root, shared } = workerData as LookOrder;
const proof = decodeProof(fs.readFileSync(proofFile));
if (proof !== null) lookAtChunks({ root, paths: proof.paths(), stamps: proof.stamps }, shared);
