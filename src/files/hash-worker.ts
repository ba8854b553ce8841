// A thread that hashes a part of many files.
import { workerData } from 'node:worker_threads';
import { type HashOrder, SharedHashing } from './shared-hashing.ts';

new SharedHashing(workerData as HashOrder).help();
