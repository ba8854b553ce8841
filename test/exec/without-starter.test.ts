// The same where there is no starter: on macOS, and where there is no Perl.
import { vi } from 'vitest';
import { spawnLeader } from '../../src/exec/leader.ts';

vi.mock('../../src/exec/starter.ts', () => ({ startLeader: spawnLeader }));

await import('./command.test.ts');
await import('./ending.test.ts');
await import('./outlet.test.ts');
