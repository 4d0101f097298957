import { resolve } from 'node:path';
import type * as ClusterModule from '../../cluster/client/cluster';
import type { Endpoint } from '../../cluster/local/https';
import type * as ReencryptModule from '../../cluster/store/reencrypt';
import type * as StoreModule from '../../cluster/store/store';
import { ProblemError, show } from '../../constructs/core/problem';
import type { KeyRetirement } from '../../constructs/vault/key-retirement';
import { TRANSIT_MOUNT } from '../../constructs/vault/vault-names';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { count, lines } from '../text/words';
import { usage } from './flags';
import { administeredVault, httpsOrigin, readBytes, type VaultFlags, vaultRegion } from './vault-target';

/** Options of `drun vault reencrypt`. */
export interface VaultReencryptFlags extends VaultFlags {
  readonly key: string;
  readonly store: string;
  readonly storeCa: string;
  readonly storeCert: string;
  readonly storeKey: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Brings the store of an API server to the newest version of its key, and retires what the key’s policy retires. */
export async function vaultReencrypt(flags: VaultReencryptFlags, context: Context): Promise<CommandResult> {
  const { region, retirement, environment } = storeKeyOf(flags);
  const { reencryptStore }: typeof ReencryptModule = require('../../cluster/store/reencrypt');
  const { storedValues }: typeof StoreModule = require('../../cluster/store/store');
  const { connect }: typeof ClusterModule = require('../../cluster/client/cluster');
  const store = storeOf(flags, context.host.cwd);
  const vault = administeredVault(flags, context.host);
  const { kubeconfig, context: name } = flags;
  const cluster = await connect({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(name === undefined ? {} : { context: name }),
  });
  const {
    values,
    rewritten,
    retirement: versions,
  } = await reencryptStore({
    ...{
      cluster,
      retirement,
      values: () => storedValues(store),
      key: { vault, mount: TRANSIT_MOUNT, name: flags.key },
    },
    now: () => Date.now() / 1000,
    onProgress: context.progress,
  }).finally(() => cluster.close());
  return {
    exit: EXIT.ok,
    json: { environment, region, cluster: cluster.name, values, rewritten, versions },
    text: (paint) =>
      lines(
        `${paint.bold(cluster.name)}: ${count(values, 'value')}, ${paint.good(`all sealed with version ${versions.newest} of ${flags.key}`)}; ${rewritten} written anew`,
        `versions from ${versions.now} on decrypt${versions.now > versions.before ? `; from ${versions.before} on before` : ''}`,
      ),
  };
}

/** The policy of the key. Throws a `ProblemError` (CLI001) for a key that is not there, or that seals no store. */
function storeKeyOf(flags: VaultReencryptFlags): {
  readonly environment: string;
  readonly region: string;
  readonly retirement: KeyRetirement;
} {
  const { environment, region, vault } = vaultRegion(flags);
  const found = vault.transit[flags.key];
  if (found?.retire.once === 'reencrypted') return { environment: environment.name, region, retirement: found.retire };
  const stores = Object.entries(vault.transit).flatMap(([name, { retire }]) =>
    retire.once === undefined ? [] : [name],
  );
  const expected =
    stores.length > 0 ? `one of ${stores.join(', ')}` : 'a key that seals a store, of which there is none';
  const remedy = 'name the key, or declare it in `vault.transit` with `retire: { after, once: reencrypted }`';
  throw new ProblemError([usage('--key', show(flags.key), expected, remedy)]);
}

function storeOf({ store, storeCa, storeCert, storeKey }: VaultReencryptFlags, cwd: string): Endpoint {
  const text = (option: string, file: string) => readBytes(option, resolve(cwd, file)).toString('utf8');
  return {
    url: httpsOrigin('--store', store, 'https://127.0.0.1:2379'),
    authority: text('--store-ca', storeCa),
    client: { certificate: text('--store-cert', storeCert), key: text('--store-key', storeKey) },
  };
}
