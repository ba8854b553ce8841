// Types of history.mjs.

export function commonName(name: string): string;
export function deliveryOf(year: number, president: string): 'written' | 'spoken';
