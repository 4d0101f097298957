import { stopEverything } from './running';

// After all tests of a file: what they left running would keep jest from ending.
afterAll(stopEverything);
