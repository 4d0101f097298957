import type { CodeText } from '../spec/input-codes';

/** Every code with which a sink or `drun up` refuses. */
export const SINK_CODES = {
  PL120: {
    title: 'no such stack',
    why: 'a stack that is not an environment’s would land nothing, or land it where nobody looks for it',
    remedy: 'select the stack that is named after the environment, or one of its tenant stacks',
  },
  PL121: {
    title: 'the environment is not delivered by pulumi',
    why: 'two deliveries of one environment overwrite each other at every turn',
    remedy: 'run `drun synth` and commit what it wrote to the repository that the clusters pull',
  },
  PL122: {
    title: 'pulumi is not installed',
    why: 'stacks are updated by the pulumi engine, which is a program of its own',
    remedy: 'install the pulumi cli and put it on the PATH: https://www.pulumi.com/docs/install/',
  },
  PL123: {
    title: 'a tenant stack is not in the plan any more',
    why: 'its tenants would land a second time from another stack, while the first still holds them',
    remedy: 'raise `shards` again, or move its tenants with `pulumi state move` and remove the stack',
  },
  PL124: {
    title: 'a tenant changes its stack',
    why: 'the old stack would delete the tenant’s namespaces while the new one makes them',
    remedy: 'pin the tenant with `shard` in its file, or move it with `pulumi state move` first',
  },
  PL125: {
    title: 'an update failed',
    why: 'the stack is between its old and its new state; what depends on it was not started',
    remedy: 'read what the engine said, mend it and run `drun up` again',
  },
  PL126: {
    title: 'the state of the stacks could not be read',
    why: 'without it nobody knows what is deployed, and a stack that needs an update could be skipped',
    remedy: 'log in with `pulumi login` and run `drun up` again',
  },
} as const satisfies Readonly<Record<string, CodeText>>;

/** Code of a sink’s refusal. */
export type SinkCode = keyof typeof SINK_CODES;
