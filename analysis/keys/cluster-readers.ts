import { KNOWN_DRIVERS } from '../../constructs/core/disk-drivers';
import { listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';
import { parseDuration } from '../rules/cron';
import type { Period, PlatformKey } from './key';
import { authorityId, type Reader } from './vault-readers';

const ETCD_KEK = 'etcd/kek';

function disks({ object, label }: Subject): readonly PlatformKey[] {
  const provisioner = stringAt(object, 'provisioner') ?? '';
  const field = KNOWN_DRIVERS.get(provisioner)?.key;
  const key = field === undefined ? undefined : stringAt(object, 'parameters', field);
  return [
    {
      id: `disks/${provisioner}/${key ?? ''}`,
      name: key === undefined ? `disk key of the account, ${provisioner}` : `disk key ${key}`,
      use: 'encrypts the key of each disk at its provider',
      above: [],
      by: key === undefined ? 'the provider' : 'the provider’s key service',
      period: { when: key === undefined ? 'as the provider does' : 'as the key’s own settings say' },
      setIn:
        key === undefined ? 'nothing in the tree' : `${label} parameters.${field} names it; its rotation is set there`,
      old: 'the provider keeps old versions; a disk stays under the version that it was made with',
      ...(key === undefined ? {} : { byHand: 'switch rotation on where the key is kept, and look at it once a year' }),
    },
  ];
}

function hostFile({ object, name }: Subject): readonly PlatformKey[] {
  const content = recordAt(object, 'spec', 'content');
  if (content.kind === 'AuthenticationConfiguration')
    return listAt(content, 'jwt').flatMap((jwt) => issuer(stringAt(jwt, 'issuer', 'url'), `${name} jwt[].issuer.url`));
  return content.kind === 'EncryptionConfiguration'
    ? listAt(content, 'resources').flatMap((entry) => etcd(entry, name))
    : [];
}

function etcd(entry: unknown, file: string | undefined): readonly PlatformKey[] {
  const endpoint = stringAt(valueAt(listAt(entry, 'providers')[0], 'kms'), 'endpoint');
  if (endpoint === undefined) return [];
  return [
    {
      id: ETCD_KEK,
      name: `key-encryption key of etcd, behind ${endpoint}`,
      use: 'encrypts the seeds of the API server; it never leaves its key service',
      above: [],
      by: 'the key service',
      period: { when: 'as the key service is told' },
      setIn: `${file} names the socket; the key is named where the service is started`,
      old: 'kept as long as any backup of etcd',
      byHand:
        'after a rotation write every object anew, or old objects stay under the old version; where Vault has the key: drun vault reencrypt',
    },
    {
      id: 'etcd/dek',
      name: 'data keys of etcd',
      use: 'encrypt each object; derived from a seed in the API server’s memory',
      above: [{ id: ETCD_KEK, bond: 'encrypts' }],
      by: 'the API server',
      period: { when: 'a new key for each write; a new seed at each start, and when the key above changes' },
      setIn: 'the API server’s own design (KMS v2)',
      old: 'the encrypted seed stays beside each object',
    },
  ];
}

function issuer(url: string | undefined, setIn: string): readonly PlatformKey[] {
  if (url === undefined) return [];
  return [
    {
      id: `oidc/${url}`,
      name: `token keys of ${url}`,
      use: 'sign the tokens of whoever is believed; not ours',
      above: [],
      by: 'the identity provider',
      period: { when: 'as the identity provider does; its public keys are fetched again' },
      setIn: `${setIn} names the issuer`,
      old: 'believed until the provider stops publishing it',
    },
  ];
}

function believed({ object }: Subject): readonly PlatformKey[] {
  return listAt(object, 'spec', 'jwtRules').flatMap((rule) =>
    issuer(stringAt(rule, 'issuer'), 'RequestAuthentication spec.jwtRules[].issuer'),
  );
}

/** Certificates that are renewed alike, by the issuer that signs them. */
export function certificates(mounts: ReadonlyMap<string, string>): Reader {
  return ({ object, namespace = '', label }) => {
    const { duration, renewBefore, isCA } = recordAt(object, 'spec');
    const { kind, name } = recordAt(object, 'spec', 'issuerRef');
    const by = issuerKey(`${kind}`, namespace, `${name}`);
    const mount = mounts.get(by);
    const authority = isCA === true;
    const id = authority ? `authority/${label}` : `certificates/${by}/${duration}/${renewBefore}`;
    return [
      {
        id,
        name: authority ? `authority ${label}` : `certificates of ${kind} ${name}`,
        use: authority
          ? 'signs the certificates of every workload in the mesh'
          : 'prove published hosts and services to callers',
        above: mount === undefined ? [] : [{ id: authorityId(mount), bond: 'signs' }],
        by: 'cert-manager',
        period: within(duration, renewBefore),
        setIn: `${authority ? label : 'Certificate'} spec.duration less spec.renewBefore`,
        old: 'ends by itself; a renewal makes a new key (rotationPolicy: Always)',
      },
    ];
  };
}

/** How an issuer is found again. */
export function issuerKey(kind: string, namespace: string, name: string): string {
  return kind === 'ClusterIssuer' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function within(duration: unknown, before: unknown): Period {
  const [whole, less] = [duration, before].map((text) => (typeof text === 'string' ? parseDuration(text) : undefined));
  if (whole === undefined) return { when: 'as the issuer decides' };
  return { seconds: whole - (less ?? whole / 3) };
}

function people({ tenant }: Subject): readonly PlatformKey[] {
  return [
    {
      id: `kv/${tenant ?? 'platform'}`,
      name: `secrets of ${tenant ?? 'the platform'} in Vault’s key-value store`,
      use: 'whatever its owners put there',
      above: [{ id: 'vault/barrier', bond: 'encrypts' }],
      by: 'the owners',
      period: { when: 'when the owners write a new version: Vault cannot know how' },
      setIn: 'nothing in the tree',
      old: 'ten versions are kept',
      byHand: 'replace what cannot be made by Vault (database, certificates) in a rhythm of the owners’ own',
    },
  ];
}

/** Kinds of the cluster that say something of keys. */
export const CLUSTER_READERS: Readonly<Record<string, Reader>> = {
  'StorageClass.storage.k8s.io': disks,
  'HostFile.outside.drun.io': hostFile,
  'RequestAuthentication.security.istio.io': believed,
  'VaultStaticSecret.secrets.hashicorp.com': people,
};
