import { type Claim, mesh, proveGateway } from '../../support/edge/claims';
import { HOST } from '../../support/edge/fixture';
import type { GatewayLab } from '../../support/edge/gateway';

/** What an exposure has for callers with tokens, `/admin` and `/a/b`, written in other ways, and paths for everybody. */
const DENIED = [
  '/admin',
  '//admin',
  '/./admin',
  '/x/../admin',
  '/%61dmin',
  '/admin//x',
  '/a%2fb',
  '/a%2Fb',
  '/a%5cb',
] as const;
const ALLOWED = ['/', '/administer', '/a-b', '/a/c', '/a%20b'] as const;

const DISGUISED = ['//admin', '/a%2fb', '/a%2Fb', '/a%5cb'] as const;
const RELATIVE = ['/./admin', '/x/../admin', '/%61dmin'] as const;
const normalization = (value: string) => mesh(['pathNormalization'], { normalization: value });

const CLAIMS: readonly Claim[] = [
  {
    title: '[NET-1] a path that needs a token needs one however it is written',
    probe: (lab) => statuses(lab, [...DENIED, ...ALLOWED]),
    holds: { ...every(DENIED, 403), ...every(ALLOWED, 200) },
    weaker: [
      {
        // Istio's default. A slash too many, or one in disguise, and the policy does not know the path.
        without: 'escaped and double slashes resolved',
        change: normalization('BASE'),
        otherwise: every(DISGUISED, 200),
      },
      {
        without: 'escaped slashes resolved',
        change: normalization('MERGE_SLASHES'),
        otherwise: every(['/a%2fb', '/a%2Fb', '/a%5cb'], 200),
      },
      {
        without: 'any path resolved',
        change: normalization('NONE'),
        otherwise: every([...DISGUISED, ...RELATIVE], 200),
      },
    ],
  },
  {
    title: '[NET-1] the workload gets the path that the policy judged',
    probe: async (lab) => ({
      '/x/../y//z%2fw': await pathSeen(lab, '/x/../y//z%2fw'),
      '/plain': await pathSeen(lab, '/plain'),
    }),
    holds: { '/x/../y//z%2fw': '/y/z/w', '/plain': '/plain' },
    weaker: [
      {
        without: 'any path resolved',
        change: normalization('NONE'),
        otherwise: { '/x/../y//z%2fw': '/x/../y//z%2fw' },
      },
    ],
  },
];

describe('gateway', () => proveGateway(CLAIMS));

async function statuses(lab: GatewayLab, paths: readonly string[]): Promise<Readonly<Record<string, number | string>>> {
  const asked = paths.map(async (path) => {
    const answer = await lab.ask(HOST.open, path);
    return [path, 'refused' in answer ? answer.refused : answer.status] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

async function pathSeen(lab: GatewayLab, path: string): Promise<string | undefined> {
  const before = lab.echo.seen.length;
  await lab.ask(HOST.open, path);
  return lab.echo.seen[before]?.path;
}

function every(paths: readonly string[], status: number): Readonly<Record<string, number>> {
  return Object.fromEntries(paths.map((path) => [path, status]));
}
