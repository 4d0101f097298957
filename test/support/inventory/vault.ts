import { leaves } from './lines';
import { namespacesOf, type Order, type OrderedNamespace } from './spec-facts';

type Secret = OrderedNamespace['tenant']['secrets'][number];

/** A secret in its namespace: kind, and what stands in it. */
interface Thing {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly fields: object;
}

/** What carries secrets to workloads, field by field. */
export const secretFields = (order: Order): readonly string[] => [
  ...(order.vault === undefined
    ? []
    : leaves(
        {
          spec: { address: 'https://vault.vault.svc:8200', skipTLSVerify: false, caCertSecretRef: 'vault-ca' },
        },
        '',
      ).map((leaf) => `VaultConnection vault/default ${leaf}`)),
  ...things(order).flatMap(({ kind, namespace, name, fields }) =>
    leaves({ spec: fields }, '').map((leaf) => `${kind} ${namespace}/${name} ${leaf}`),
  ),
];

/** The same by kind and name. */
export const secretNames = (order: Order): readonly string[] =>
  things(order).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);

/** What Vault's servers call. */
export const vaultPaths = ({ vault }: Order): readonly string[] => {
  if (vault === undefined) return [];
  const pods = 'vault pods app.kubernetes.io/name=vault & component=server Egress';
  const { ranges, port } = vault.audit.collector;
  return [
    `${pods} INTERNET TCP/443`,
    ...ranges.map((range) => `${pods} ${range} TCP/${port}`),
    ...Object.values(vault.databases).flatMap((one) => one.ranges.map((range) => `${pods} ${range} TCP/${one.port}`)),
  ];
};

/** What takes snapshots calls: names, the servers and the buckets. */
export const snapshotPaths = ({ vault }: Order, dns: readonly string[]): readonly string[] => {
  if (vault?.snapshots.mode !== 'scheduled') return [];
  const pods = 'vault pods app.kubernetes.io/name=vault-snapshots';
  return [
    ...dns.map((line) => `${pods} ${line}`),
    `${pods} Egress here pods app.kubernetes.io/name=vault & component=server TCP/8200`,
    ...vault.snapshots.buckets.flatMap(({ ranges }) => ranges.map((range) => `${pods} Egress ${range} TCP/443`)),
  ];
};

/** The account of what takes snapshots. */
export const snapshotAccount = ({ vault }: Order): readonly string[] =>
  vault?.snapshots.mode === 'scheduled'
    ? ['ServiceAccount vault/vault-snapshots automountServiceAccountToken=false']
    : [];

/** Why there are no snapshots, why the region that takes over cannot open them, or why their images have no digest. */
export const snapshotExemption = ({ vault }: Order) => {
  if (vault === undefined) return undefined;
  const { snapshots, noTakeover } = vault;
  if (snapshots.mode === 'none') return { label: 'ConfigMap vault-snapshots', ...(noTakeover ?? snapshots) };
  const { vault: image } = snapshots.images;
  if (noTakeover === undefined && typeof image === 'string') return undefined;
  return { label: 'CronJob vault-snapshots', ...(noTakeover ?? Object(image)) };
};

function things(order: Order): readonly Thing[] {
  if (order.vault === undefined) return [];
  return namespacesOf(order).flatMap((namespace) => {
    const own = namespace.tenant.secrets.filter((secret) => secret.namespace === namespace.suffix);
    const accounts = new Set(own.filter((one) => !inMemory(one) && !external(one)).map(({ account }) => account));
    const outside = new Set(own.filter(external).map(({ account }) => account));
    return [
      ...[...accounts].map((account) => login(namespace, account, order)),
      ...[...outside].map((account) => store(namespace, account, order)),
      ...own.map((secret) => ({
        name: secret.name,
        namespace: namespace.name,
        ...carried(namespace, secret, order),
      })),
    ];
  });
}

function inMemory(secret: Secret): boolean {
  return 'delivery' in secret && secret.delivery === 'csi';
}

function external(secret: Secret): boolean {
  return 'delivery' in secret && secret.delivery === 'external-secrets';
}

function carried(namespace: OrderedNamespace, secret: Secret, order: Order): Pick<Thing, 'kind' | 'fields'> {
  if (inMemory(secret)) return volume(namespace, secret, order);
  return external(secret) ? fetched(namespace, secret) : copied(namespace, secret, order);
}

function store({ name: namespace }: OrderedNamespace, account: string, { facts }: Order): Thing {
  const kubernetes = {
    mountPath: `kubernetes-${facts.region}`,
    role: `workload.${namespace}.${account}`,
    serviceAccountRef: { name: account, audiences: ['vault'] },
  };
  const vault = { server: 'https://vault.vault.svc:8200', path: 'kv', version: 'v2', auth: { kubernetes } };
  return { kind: 'SecretStore', name: `vault-${account}`, namespace, fields: { provider: { vault } } };
}

function fetched({ tenant }: OrderedNamespace, secret: Secret): Pick<Thing, 'kind' | 'fields'> {
  return {
    kind: 'ExternalSecret',
    fields: {
      refreshInterval: 'refresh' in secret ? secret.refresh : '',
      secretStoreRef: { kind: 'SecretStore', name: `vault-${secret.account}` },
      target: { name: secret.name, creationPolicy: 'Owner', deletionPolicy: 'Delete' },
      dataFrom: [{ extract: { key: `kv/${tenant.name}/${secret.name}` } }],
    },
  };
}

function login({ name: namespace }: OrderedNamespace, account: string, { facts }: Order): Thing {
  return {
    kind: 'VaultAuth',
    name: `vault-${account}`,
    namespace,
    fields: {
      method: 'kubernetes',
      mount: `kubernetes-${facts.region}`,
      kubernetes: {
        role: `workload.${namespace}.${account}`,
        serviceAccount: account,
        audiences: ['vault'],
        tokenExpirationSeconds: 600,
      },
    },
  };
}

function copied(namespace: OrderedNamespace, secret: Secret, order: Order): Pick<Thing, 'kind' | 'fields'> {
  const common = { vaultAuthRef: `vault-${secret.account}` };
  const destination = { name: secret.name, create: true };
  const path = pathOf(namespace, secret, order);
  switch (secret.from) {
    case 'kv':
      return {
        kind: 'VaultStaticSecret',
        fields: {
          ...common,
          mount: 'kv',
          type: 'kv-v2',
          path,
          refreshAfter: secret.refresh,
          hmacSecretData: true,
          destination,
        },
      };
    case 'database':
      return {
        kind: 'VaultDynamicSecret',
        fields: {
          ...common,
          mount: 'database',
          path,
          ...(path.startsWith('static') ? { allowStaticCreds: true } : { renewalPercent: 67, revoke: true }),
          destination,
        },
      };
    case 'pki': {
      const hosts = secret.services.flatMap((service) =>
        ['svc', 'svc.cluster.local'].map((end) => `${service}.${namespace.name}.${end}`),
      );
      return {
        kind: 'VaultPKISecret',
        fields: {
          ...common,
          mount: `pki-${order.facts.region}`,
          role: namespace.name,
          commonName: hosts[0],
          altNames: hosts,
          ttl: secret.ttl,
          expiryOffset: '12m',
          destination: { ...destination, type: 'kubernetes.io/tls' },
        },
      };
    }
  }
}

function volume(namespace: OrderedNamespace, secret: Secret, order: Order): Pick<Thing, 'kind' | 'fields'> {
  const path = pathOf(namespace, secret, order);
  const full = secret.from === 'kv' ? `kv/data/${path}` : `database/${path}`;
  return {
    kind: 'SecretProviderClass',
    fields: {
      provider: 'vault',
      parameters: {
        vaultAddress: 'https://vault.vault.svc:8200',
        vaultAuthMountPath: `kubernetes-${order.facts.region}`,
        roleName: `workload.${namespace.name}.${secret.account}`,
        audience: 'vault',
        objects: `- objectName: "${secret.name}"\n  secretPath: "${full}"\n`,
      },
    },
  };
}

/** Where the secret stands below its mount. */
function pathOf({ tenant }: OrderedNamespace, secret: Secret, { vault }: Order): string {
  if (secret.from !== 'database') return `${tenant.name}/${secret.name}`;
  const stays = Object.keys(vault?.databases[secret.database]?.accounts ?? {}).includes(secret.role);
  return `${stays ? 'static-creds' : 'creds'}/${tenant.name}.${secret.database}.${secret.role}`;
}

/** Every kind that carries secrets. */
export const SECRET_KINDS: readonly string[] = [
  'VaultConnection',
  'VaultAuth',
  'VaultStaticSecret',
  'VaultDynamicSecret',
  'VaultPKISecret',
  'SecretProviderClass',
  'SecretStore',
  'ExternalSecret',
];
