import { drun } from '../support/drun';

describe('keys', () => {
  test('[ENC-2] tells for each region which key stands over which, and when it is replaced', async () => {
    const { code, out } = await drun(['keys', 'prod', '--json']);
    expect(code).toBe(0);
    const { regions } = JSON.parse(out);
    expect(regions).toHaveLength(3);
    expect(regions[0].keys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'vault/barrier', above: [{ id: 'vault/seal', bond: 'encrypts' }] }),
        expect.objectContaining({
          id: 'vault/transit/transit/backups',
          period: { seconds: 2_592_000 },
          setIn: 'TransitKey transit/backups spec.autoRotatePeriod',
        }),
      ]),
    );
  });

  test('[ENC-3] prints the calendar, and what is left to people', async () => {
    const { code, out } = await drun(['keys', 'dev']);
    expect(code).toBe(0);
    expect(out).toMatch(/^eu-central-1\nKEY +REPLACED BY +AFTER +BY HAND\n/);
    expect(out).toMatch(/^recovery keys +their holders +when a holder leaves +vault operator rekey/m);
  });

  test('fails over an environment that does not exist, with the nearest name', async () => {
    const { code, err } = await drun(['keys', 'prd']);
    expect({ code, near: err.includes('did you mean prod?') }).toEqual({ code: 2, near: true });
  });
});
