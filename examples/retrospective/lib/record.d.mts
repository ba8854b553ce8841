// Types of record.mjs.

import type { Address } from './repository.mjs';

export function addressRecord(fileName: string, text: string, json: string): Address;
export function inOrder(records: readonly Address[]): Address[];
