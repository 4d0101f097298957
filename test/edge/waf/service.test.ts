import { goTests } from '../../support/go-tests';

test('[NET-2] the parts of the firewall hold by themselves', async () => {
  const { passed, ...ended } = await goTests('waf', ['no_fs_access']);
  expect(ended).toMatchObject({ code: 0, failed: [] });
  expect(passed).toBeGreaterThan(40);
}, 900_000);
