import type { Cluster, ClusterRequest } from '../../cluster/client/cluster';
import { type ReencryptOptions, reencryptStore } from '../../cluster/store/reencrypt';
import type { StoredValue } from '../../cluster/store/store';
import type { VaultCall, VaultClient } from '../../cluster/vault/client';
import type { JsonObject } from '../../constructs/core/json';

const NOW = 1_800_000_000;
const DAY = 86_400;
const ID = (version: number, made: number): string => `vault:transit/etcd:v${version}:${made}`;
const DISCOVERY = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: { name: '' },
      versions: [
        {
          version: 'v1',
          resources: ['secrets', 'nodes', 'bindings'].map((resource) => ({
            resource,
            responseKind: { kind: resource },
            scope: resource === 'nodes' ? 'Cluster' : 'Namespaced',
            verbs: resource === 'bindings' ? ['create'] : ['list', 'patch'],
          })),
        },
      ],
    },
  ],
};

/** A store with its API server, and a Vault with its key, in memory. */
class World {
  /** Key of the store to the id that its value is sealed with, and its resource version. */
  readonly store = new Map<string, { id: string; version: number }>();
  readonly patched: string[] = [];
  readonly configured: JsonObject[] = [];
  /** What the API server seals with. */
  writes = ID(2, NOW - DAY);
  made: Record<string, number> = { 1: NOW - 60 * DAY, 2: NOW - DAY };
  answer: (path: string) => number = () => 200;

  constructor(count: number) {
    for (let at = 0; at < count; at += 1)
      this.store.set(`/registry/secrets/acme-train/s${at}`, { id: ID(1, NOW - 60 * DAY), version: 1 });
    this.store.set('/registry/minions/one', { id: ID(1, NOW - 60 * DAY), version: 1 });
  }

  private readonly request = async ({ method, path }: ClusterRequest) => {
    const said = (status: number, body: JsonObject) => ({ status, body, warnings: [] });
    if (path === '/api') return said(200, DISCOVERY);
    if (path === '/apis') return said(200, { kind: 'APIGroupDiscoveryList', items: [] });
    if (method === 'GET') return said(200, { items: this.objectsAt(path) });
    const status = this.answer(path);
    if (status !== 200) return said(status, { reason: 'Forbidden', message: 'value: hunter2' });
    return said(200, { metadata: { resourceVersion: String(this.rewrite(path)) } });
  };

  private rewrite(path: string): number {
    this.patched.push(path);
    const name = path.split('/').at(-1) ?? '';
    const [key = ''] = [...this.store.keys()].filter((one) => one.endsWith(`/${name}`));
    const { id, version } = this.store.get(key) ?? { id: '', version: 0 };
    const next = id === this.writes ? version : version + 1;
    this.store.set(key, { id: this.writes, version: next });
    return next;
  }

  private objectsAt(path: string): readonly JsonObject[] {
    const folder = path.endsWith('nodes') ? '/registry/minions/' : '/registry/secrets/';
    return [...this.store]
      .filter(([key]) => key.startsWith(folder))
      .map(([key, { version }]) => {
        const [name = '', namespace] = key.slice(folder.length).split('/').reverse();
        return {
          metadata: { name, resourceVersion: String(version), ...(namespace === undefined ? {} : { namespace }) },
        };
      });
  }

  private readonly asked = async ({ body }: VaultCall) => {
    if (body !== undefined) this.configured.push(body);
    const newest = Math.max(...Object.keys(this.made).map(Number));
    return { status: 200, body: { data: { keys: this.made, latest_version: newest, min_decryption_version: 1 } } };
  };

  readonly options = (change: Partial<ReencryptOptions> = {}): ReencryptOptions => {
    const vault: VaultClient = { address: { url: '' }, ask: this.asked, expect: this.asked, as: () => vault };
    const cluster: Cluster = { name: 'eu', request: this.request, close: () => undefined };
    const { store } = this;
    return {
      cluster,
      values: async function* (): AsyncGenerator<StoredValue> {
        for (const [key, { id }] of store) yield { key, sealedWith: id === '' ? undefined : id };
      },
      key: { vault, mount: 'transit', name: 'etcd' },
      retirement: { after: '30d', once: 'reencrypted' },
      now: () => NOW,
      patience: 0.05,
      ...change,
    };
  };
}

const codeOf = (error: unknown): string => String(error);

describe('a store that is brought to the newest version of its key', () => {
  test('[ENC-3] has every object written anew, cluster-wide ones among them, and nothing twice', async () => {
    const world = new World(20);
    const { values, rewritten } = await reencryptStore(world.options());
    expect([values, rewritten, world.patched.length]).toEqual([21, 21, 21]);
    expect(new Set([...world.store.values()].map(({ id }) => id))).toEqual(new Set([ID(2, NOW - DAY)]));
    expect((await reencryptStore(world.options())).rewritten).toBe(0);
    expect(world.patched.length).toBe(21);
  });

  test('[ENC-3] that was interrupted does only the rest', async () => {
    const world = new World(20);
    world.answer = () => {
      if (world.patched.length === 8) throw new Error('killed');
      return 200;
    };
    await expect(reencryptStore(world.options())).rejects.toThrow('killed');
    const done = world.patched.length;
    expect(done).toBe(8);
    world.answer = () => 200;
    expect((await reencryptStore(world.options())).rewritten).toBe(21 - done);
    expect(world.patched.length).toBe(21);
  });

  test('[ENC-3] lets the old version decrypt while backups of before may be needed, and not after', async () => {
    const young = new World(1);
    expect((await reencryptStore(young.options())).retirement).toEqual({ key: 'etcd', newest: 2, before: 1, now: 1 });
    expect(young.configured).toEqual([]);
    const old = new World(1);
    const later = () => NOW + 30 * DAY;
    expect((await reencryptStore(old.options({ now: later }))).retirement.now).toBe(2);
    expect(old.configured).toEqual([{ min_decryption_version: 2 }]);
  });

  test('[ENC-3] fails while API servers may still write with the version before; five minutes later it does not', async () => {
    const world = new World(1);
    world.made = { 1: NOW - 60 * DAY, 2: NOW - 299 };
    world.writes = ID(2, NOW - 299);
    await expect(reencryptStore(world.options())).rejects.toThrow(/RE001.*made 299 seconds ago/);
    expect(world.patched).toEqual([]);
    expect((await reencryptStore(world.options({ now: () => NOW + 1 }))).rewritten).toBe(2);
  });

  test('[ENC-3] fails where the API server does not seal with the newest version, and retires nothing', async () => {
    const world = new World(3);
    world.writes = ID(1, NOW - 60 * DAY);
    await expect(reencryptStore(world.options({ now: () => NOW + 60 * DAY }))).rejects.toThrow(/RE002.*4 values/);
    expect(world.configured).toEqual([]);
  });

  test('[ENC-3] fails for an object that refuses to be written, by its path and without its content, and retires nothing', async () => {
    const world = new World(3);
    world.answer = (path) => (path.endsWith('/s1') ? 403 : 200);
    const refused = await reencryptStore(world.options({ now: () => NOW + 60 * DAY })).catch(codeOf);
    expect(refused).toMatch(/RE002.*1 values? .*namespaces\/acme-train\/secrets\/s1 \(403 Forbidden\)/);
    expect(refused).not.toContain('hunter2');
    expect(world.configured).toEqual([]);
  });

  test('[ENC-3] fails for a value that is not sealed at all and that nobody writes', async () => {
    const world = new World(1);
    world.store.set('/registry/plain/thing', { id: '', version: 1 });
    await expect(reencryptStore(world.options({ now: () => NOW + 60 * DAY }))).rejects.toThrow(
      /RE002.*\/registry\/plain\/thing/,
    );
    expect(world.configured).toEqual([]);
  });

  test('[ENC-3] takes what somebody else wrote or removed in the meantime for done once the store says so', async () => {
    const world = new World(3);
    world.answer = (path) => {
      if (!path.endsWith('/s1')) return 200;
      world.store.set('/registry/secrets/acme-train/s1', { id: world.writes, version: 9 });
      return 409;
    };
    expect((await reencryptStore(world.options())).rewritten).toBe(3);
  });
});
