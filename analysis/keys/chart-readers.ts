import { stringAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';
import type { PlatformKey } from './key';
import { BARRIER, PKI_ROOT, type Reader } from './vault-readers';

const SEAL = 'vault/seal';

/** Servers are the release that has their configuration; the same chart also brings the CSI provider. */
function vault({ object, label }: Subject): readonly PlatformKey[] {
  const config = stringAt(object, 'spec', 'values', 'server', 'ha', 'raft', 'config');
  return config === undefined ? [] : [...sealed(config, label), ...HELD_BY_PEOPLE];
}

function sealed(config: string, label: string): readonly PlatformKey[] {
  const [, kind = 'of nobody', stanza = ''] = /^seal "(\w+)" \{\n([^}]*)\}/m.exec(config) ?? [];
  const key = /^ *(?:kms_key_id|crypto_key|key_name|key_id|key_label) = "([^"]*)"$/m.exec(stanza)?.[1] ?? '';
  return [
    {
      id: SEAL,
      name: `seal key ${key} (${kind})`,
      use: 'opens Vault at its start; outside of the cluster',
      above: [],
      by: 'the key service that has it',
      period: { when: 'as the key’s own settings say' },
      setIn: `${label} names it; its rotation is set there`,
      old: 'kept as long as any snapshot; what was sealed stays under its version until Vault seals again',
      byHand: 'switch rotation on where the key is kept; never delete a version while a snapshot needs it',
    },
    {
      id: BARRIER,
      name: 'keyring of Vault',
      use: 'encrypts everything that Vault stores',
      above: [{ id: SEAL, bond: 'encrypts' }],
      by: 'Vault',
      period: { when: 'by the number of encryptions (sys/rotate/config), and when people say so' },
      setIn: 'Vault’s own default; not in the tree',
      old: 'old terms stay in the keyring and decrypt',
      byHand: 'vault operator rotate, whenever somebody with access to the storage leaves',
    },
  ];
}

const HELD_BY_PEOPLE: readonly PlatformKey[] = [
  {
    id: 'vault/recovery',
    name: 'recovery keys',
    use: 'together make a root token, when nobody can sign on',
    above: [],
    by: 'their holders',
    period: { when: 'when a holder leaves' },
    setIn: 'nothing in the tree: each is sealed for its holder at the bootstrap',
    old: 'worthless from the moment of the new ones',
    byHand: 'vault operator rekey -target=recovery, when a holder leaves and once a year',
  },
  {
    id: 'vault/tls',
    name: 'certificate of the Vault servers',
    use: 'proves Vault to its callers',
    above: [{ id: PKI_ROOT, bond: 'signs' }],
    by: 'people',
    period: { when: 'before it ends' },
    setIn: 'Secret vault-server-tls, which is not in the tree',
    old: 'ends by itself',
    byHand: 'have a new one signed, write the Secret, send the servers SIGHUP: docs/vault.md',
  },
];

/** A controller that makes the certificate of its own webhook, and renews it by itself. */
function webhook(program: string): Reader {
  return () => [
    {
      id: `webhook/${program}`,
      name: `webhook certificate of ${program}`,
      use: 'proves the webhook to the API server',
      above: [],
      by: program,
      period: { when: 'as the program does by itself' },
      setIn: 'the program’s own default; not in the tree',
      old: 'replaced together with the bundle in the webhook’s configuration',
    },
  ];
}

function istiod(subject: Subject): readonly PlatformKey[] {
  return [
    ...webhook('istiod')(subject),
    {
      id: 'mesh/workloads',
      name: 'certificates of workloads in the mesh',
      use: 'prove each workload to every other',
      above: [{ id: MESH_AUTHORITY, bond: 'signs' }],
      by: 'istiod',
      period: { when: 'as istiod does by itself, long before they end' },
      setIn: 'istiod’s own default; not in the tree',
      old: 'ends by itself',
    },
  ];
}

/** Id of what signs for the mesh. */
export const MESH_AUTHORITY = 'mesh/authority';

/** Without an authority of the mesh’s own, istiod makes one. */
export const SELF_SIGNED: PlatformKey = {
  id: MESH_AUTHORITY,
  name: 'authority of the mesh, made by istiod',
  use: 'signs the certificates of every workload in the mesh',
  above: [],
  by: 'istiod',
  period: { when: 'as istiod does by itself' },
  setIn: 'istiod’s own default; not in the tree',
  old: 'believed until its end',
  byHand:
    'make the region part of a mesh (`mesh.clusters`), and it gets an authority that Vault signs and cert-manager renews',
};

/** Charts that bring keys. */
export const CHART_READERS: Readonly<Record<string, Reader>> = {
  vault,
  openbao: vault,
  istiod,
  'cert-manager': webhook('cert-manager'),
  kueue: webhook('kueue'),
};

/** Charts that bring none, and why. */
export const KEYLESS_CHARTS: Readonly<Record<string, string>> = {
  base: 'definitions',
  cni: 'no key of its own',
  ztunnel: 'asks istiod for the certificates of workloads',
  gateway: 'asks istiod for its certificate',
  'external-dns': 'the identity of its pod, or a Secret that people bring',
  'external-secrets': 'tokens of Vault, which end',
  'vault-secrets-operator': 'tokens of Vault, which end',
  'secrets-store-csi-driver': 'reads with the account of the pod',
};
