// Before the tests of each file, as vitest runs it: what they leave behind is seen to.
import { afterEach } from 'vitest';
import { seeToLeftovers } from './leftovers.ts';

afterEach(seeToLeftovers);
