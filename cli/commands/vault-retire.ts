import type * as VersionsModule from '../../cluster/vault/key-versions';
import type { Retirement } from '../../cluster/vault/key-versions';
import { TRANSIT_MOUNT } from '../../constructs/vault/vault-names';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { columns, count, lines } from '../text/words';
import { administeredVault, type VaultFlags, vaultRegion } from './vault-target';

/** Options of `drun vault retire`. */
export interface VaultRetireFlags extends VaultFlags {
  readonly dryRun?: boolean;
}

/** Retires the versions of a region’s keys whose texts nobody needs to read any more. */
export async function vaultRetire(flags: VaultRetireFlags, { host }: Context): Promise<CommandResult> {
  const { environment, region, vault: settings } = vaultRegion(flags);
  const { retireVersions }: typeof VersionsModule = require('../../cluster/vault/key-versions');
  const vault = administeredVault(flags, host);
  const { dryRun = false } = flags;
  const keys = Object.entries(settings.transit);
  const retired: Retirement[] = [];
  // A store decides by itself what it still holds: `drun vault reencrypt`.
  for (const [name, { retire }] of keys.filter(([, { retire }]) => retire.once === undefined)) {
    retired.push(await retireVersions({ vault, mount: TRANSIT_MOUNT, name }, retire, Date.now() / 1000, { dryRun }));
  }
  const stores = keys.filter(([, { retire }]) => retire.once !== undefined).map(([name]) => name);
  const due = retired.filter(({ before, now }) => now > before);
  return {
    exit: dryRun && due.length > 0 ? EXIT.findings : EXIT.ok,
    json: { environment: environment.name, region, dryRun, keys: retired, stores },
    text: (paint) =>
      lines(
        columns([
          ['KEY', 'NEWEST', 'DECRYPTS FROM'],
          ...retired.map(({ key, newest, before, now }) => [
            key,
            `${newest}`,
            now > before ? `${before} -> ${now}` : `${now}`,
          ]),
        ]),
        stores.length > 0 && `${stores.join(', ')}: by \`drun vault reencrypt\` alone`,
        `${paint.bold(`${environment.name}/${region}`)}: ${count(due.length, 'key')} with versions ${dryRun ? 'to retire' : 'retired now'}`,
      ),
  };
}
