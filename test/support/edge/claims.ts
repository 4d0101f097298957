import { recordAt } from '../../../constructs/core/json';
import { type Cast, newCast } from './cast';
import { type Change, type GatewayLab, startGateway } from './gateway';
import { replaced, type Weakening } from './weaken';

/** Something that a gateway must do, and what it would do without the wall behind it. */
export interface Claim {
  readonly title: string;
  /** Sends traffic and says what came of it: the attack and its benign twin, by name. */
  readonly probe: (lab: GatewayLab, cast: Cast) => Promise<Readonly<Record<string, unknown>>>;
  readonly holds: Readonly<Record<string, unknown>>;
  /** The gateway without the wall. */
  readonly weakened: Change;
  /** What the same traffic does then; different from `holds`, or the test could not fail. */
  readonly otherwise: Readonly<Record<string, unknown>>;
}

/** Proves claims: all on one gateway, and each once more on one without its wall. */
export function proveGateway(claims: readonly Claim[]): void {
  let cast: Cast;
  let lab: GatewayLab | undefined;
  beforeAll(async () => {
    cast = await newCast();
    lab = await startGateway({ cast });
  });
  afterAll(() => lab?.stop());

  describe.each(claims)('$title', ({ probe, holds, weakened, otherwise }) => {
    test('holds', async () => {
      if (lab === undefined) throw new Error('the gateway did not start');
      expect(await probe(lab, cast)).toEqual(holds);
    });

    test('is noticed to be gone', async () => {
      const weak = await startGateway({ cast, change: weakened });
      try {
        const found = await probe(weak, cast);
        expect(found).toEqual(otherwise);
        expect(found).not.toEqual(holds);
      } finally {
        await weak.stop();
      }
    });
  });
}

/** Changes objects of the fixture. */
export function objects(weaken: Weakening): Change {
  return (fixture) => ({ ...fixture, objects: weaken(fixture.objects) });
}

/** Sets a field of the mesh’s settings, or takes it away where no value is given. */
export function mesh(path: readonly (string | number)[], value?: unknown): Change {
  return (fixture) => ({ ...fixture, mesh: recordAt({ mesh: replaced(fixture.mesh, path, value) }, 'mesh') });
}
