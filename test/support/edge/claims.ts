import { recordAt } from '../../../constructs/core/json';
import { type Cast, newCast } from './cast';
import { type Change, type GatewayLab, startGateway } from './gateway';
import { replaced, type Weakening } from './weaken';

/** What came of traffic: of an attack and its benign twin, by name. */
export type Outcome = Readonly<Record<string, unknown>>;

/** Something that a gateway must do, and what it would do without a wall behind it. */
export interface Claim {
  readonly title: string;
  /** Sends traffic and says what came of it. */
  readonly probe: (lab: GatewayLab, cast: Cast) => Promise<Outcome>;
  readonly holds: Outcome;
  /** Each wall taken away alone. */
  readonly weaker: readonly Weaker[];
}

/** A gateway without one wall. */
export interface Weaker {
  /** What is not there. */
  readonly without: string;
  readonly change: Change;
  /** What comes of the same traffic then, as far as it differs: nothing would mean that the test cannot fail. */
  readonly otherwise: Outcome;
}

/** Proves claims: all on one gateway, and each once more on one without each wall. */
export function proveGateway(claims: readonly Claim[]): void {
  let cast: Cast;
  let lab: GatewayLab | undefined;
  beforeAll(async () => {
    cast = await newCast();
    lab = await startGateway({ cast });
  });
  afterAll(() => lab?.stop());

  describe.each(claims)('$title', ({ probe, holds, weaker }) => {
    test('holds', async () => {
      if (lab === undefined) throw new Error('the gateway did not start');
      expect(await probe(lab, cast)).toEqual(holds);
    });

    test.each(weaker)('would be noticed to fail without $without', async ({ change, otherwise }) => {
      const weak = await startGateway({ cast, change });
      try {
        const found = await probe(weak, cast);
        expect(found).toEqual({ ...holds, ...otherwise });
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

/** Sets a field of the settings that the gateway's pod carries, or takes it away where no value is given. */
export function proxyConfig(path: readonly (string | number)[], value?: unknown): Change {
  return (fixture) => {
    const settings: unknown = JSON.parse(fixture.annotations[PROXY_CONFIG] ?? '');
    return {
      ...fixture,
      annotations: { ...fixture.annotations, [PROXY_CONFIG]: JSON.stringify(replaced(settings, path, value)) },
    };
  };
}

const PROXY_CONFIG = 'proxy.istio.io/config';
