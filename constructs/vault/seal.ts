import * as z from 'zod';
import { shortName } from '../core/names';

const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/, {
  error: 'a name, address or id of letters, digits and . _ : / @ -',
});
const regions = z
  .array(shortName)
  .default([])
  .describe('other regions in which the same key can be used; a snapshot can be restored in them and nowhere else');

/**
 * What unseals Vault. Required: without one, people would hold the key in pieces and Vault would wait for them after every
 * restart. Credentials come from the identity of the pod; none can be written here. `pkcs11` needs Vault Enterprise or an
 * OpenBao image with a module. Keys of `alicloudkms` stay in their region, so that its seals are replicated nowhere.
 */
export const sealSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('awskms'), region: word, key: word, replicatedTo: regions }),
    z.strictObject({
      kind: z.literal('gcpckms'),
      project: word,
      region: word,
      keyRing: word,
      key: word,
      replicatedTo: regions,
    }),
    z.strictObject({ kind: z.literal('azurekeyvault'), tenant: word, vault: word, key: word, replicatedTo: regions }),
    z.strictObject({ kind: z.literal('alicloudkms'), region: word, key: word }),
    z.strictObject({
      kind: z.literal('ocikms'),
      key: word,
      cryptoEndpoint: z.url({ protocol: /^https$/ }),
      managementEndpoint: z.url({ protocol: /^https$/ }),
      replicatedTo: regions,
    }),
    z.strictObject({
      kind: z.literal('transit'),
      address: z.url({ protocol: /^https$/ }).describe('another Vault, which must not be unsealed by this one'),
      mount: word.default('transit'),
      key: word,
      replicatedTo: regions,
    }),
    z.strictObject({
      kind: z.literal('pkcs11'),
      library: z.string().regex(/^\/[\w./-]+$/, { error: 'the absolute path of a PKCS#11 library' }),
      slot: word,
      key: word,
      replicatedTo: regions,
    }),
  ],
  { error: 'one of awskms, gcpckms, azurekeyvault, alicloudkms, ocikms, transit or pkcs11' },
);

/** A seal with every default filled in. */
export type Seal = Readonly<z.output<typeof sealSchema>>;

/** Regions, besides its own, in which the key of a seal opens a snapshot. */
export function restorableIn(seal: Seal): readonly string[] {
  return 'replicatedTo' in seal ? seal.replicatedTo : [];
}

/**
 * Why one seal cannot open what the other has sealed, as what the other would have to be; undefined where both name one key.
 * That the key can really be used there is shown by Vault itself, which restores no snapshot of another key.
 */
export function keyMismatch(from: Seal, to: Seal): string | undefined {
  if (from.kind !== to.kind) return `a seal of kind ${from.kind}`;
  if (from.kind === 'awskms' && multiRegionKey(from) === undefined) {
    return 'a multi-Region key, whose id begins with mrk-, in both regions';
  }
  return identity(from) === identity(to) ? undefined : `the same key: ${identity(from)}`;
}

/** What makes a key the one that it is; its region where it cannot be used from another one. */
function identity(seal: Seal): string {
  switch (seal.kind) {
    case 'awskms':
      return multiRegionKey(seal) ?? `${seal.region}/${seal.key}`;
    case 'gcpckms':
      return [seal.project, seal.region, seal.keyRing, seal.key].join('/');
    case 'azurekeyvault':
      return [seal.tenant, seal.vault, seal.key].join('/');
    case 'alicloudkms':
      return `${seal.region}/${seal.key}`;
    case 'ocikms':
      return seal.key;
    case 'transit':
      return [seal.address, seal.mount, seal.key].join('/');
    case 'pkcs11':
      return `${seal.slot}/${seal.key}`;
  }
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html: replicas share their key’s id. */
function multiRegionKey({ key }: Extract<Seal, { kind: 'awskms' }>): string | undefined {
  return /(?:^|\/)(mrk-[0-9a-f]{32})$/.exec(key)?.[1];
}

/** The seal as Vault's configuration names it: kind and parameters, without any credential. */
export function sealStanza(seal: Seal): {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, string>>;
} {
  return { kind: seal.kind, parameters: parametersOf(seal) };
}

function parametersOf(seal: Seal): Readonly<Record<string, string>> {
  switch (seal.kind) {
    case 'awskms':
    case 'alicloudkms':
      return { region: seal.region, kms_key_id: seal.key };
    case 'gcpckms':
      return { project: seal.project, region: seal.region, key_ring: seal.keyRing, crypto_key: seal.key };
    case 'azurekeyvault':
      return { tenant_id: seal.tenant, vault_name: seal.vault, key_name: seal.key };
    case 'ocikms':
      return {
        key_id: seal.key,
        crypto_endpoint: seal.cryptoEndpoint,
        management_endpoint: seal.managementEndpoint,
        auth_type_api_key: 'false',
      };
    case 'transit':
      return { address: seal.address, mount_path: `${seal.mount}/`, key_name: seal.key, disable_renewal: 'false' };
    case 'pkcs11':
      return { lib: seal.library, slot: seal.slot, key_label: seal.key };
  }
}
