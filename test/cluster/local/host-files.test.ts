import type { HostFileProps } from '../../../constructs/core/host-file';
import { FLAGS, SIGN_ON } from '../../support/local/checks';
import { SECRECY } from '../../support/local/secrecy';
import { weakened } from '../../support/local/weakened';
import { startWorld, type World } from '../../support/local/world';

const CHECKS = [...SIGN_ON, ...FLAGS, ...SECRECY];

describe('the host files as they ship', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.stop());

  test.each(CHECKS.map((check) => [check.title, check] as const))('%s', async (_, { look, seen }) => {
    expect(await look(world)).toEqual(seen);
  });
});

/** Checks that hold in any case: the twins that must be accepted, and what Kubernetes itself refuses. */
const INDIFFERENT = [
  /a token of twelve hours is taken/,
  // Kubernetes asks for it where the name of an account is its address, but not where the token does not say.
  /fails for an address that nobody verified/,
  /fails for a token that is over/,
  /somebody else signed/,
  /fails for another issuer/,
  /speak TLS 1\.3$/,
  /can still be read by whoever may/,
  // The certificates of etcd are no host file.
  /fails to open the store with an administrator’s certificate/,
];

describe('the host files with each promise taken back', () => {
  let world: World;
  beforeAll(async () => {
    const change = (file: HostFileProps) => ({ ...file, content: weakened(file.content) });
    world = await startWorld({ change });
  });
  afterAll(() => world?.stop());

  const counted = CHECKS.filter(({ title }) => !INDIFFERENT.some((pattern) => pattern.test(title)));
  test.each(counted.map((check) => [check.title, check] as const))('are noticed by: %s', async (_, { look, seen }) => {
    expect(await look(world)).not.toEqual(seen);
  });
});
