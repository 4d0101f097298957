import { goTests } from '../support/go-tests';

test('[ENC-2] the parts of the key service hold by themselves', async () => {
  const { passed, ...ended } = await goTests('kms');
  expect(ended).toMatchObject({ code: 0, failed: [] });
  expect(passed).toBeGreaterThan(20);
}, 300_000);
