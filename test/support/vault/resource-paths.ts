import { isRecord, type Json, type JsonObject, recordAt, stringAt } from '../../../constructs/core/json';

/** One request that a resource comes down to, and how to tell whether it is there already. */
export interface Step {
  readonly path: string;
  readonly body: JsonObject;
  /** Where its state is read. @default - `path` */
  readonly read?: string;
  /** Key of the state in what `read` answers. @default - all of it */
  readonly at?: string;
  /** How something that is there is changed. @default - as it is made; `never` where Vault has no way */
  readonly update?: Omit<Step, 'read' | 'at' | 'update'> | 'never';
}

type Args = JsonObject;
type Mapping = (args: Args) => readonly Step[];

/**
 * What the resources of `@pulumi/vault` ask of Vault. It stands in for the provider’s plugin, after the plugin’s own
 * documentation: path, body and order of its requests. It does not show the plugin’s checks of its arguments, what it does
 * with arguments that the platform never sets, or how it deletes.
 */
export const RESOURCE_PATHS: Readonly<Record<string, Mapping>> = {
  'vault:index/mount:Mount': mount,
  'vault:index/policy:Policy': ({ name, policy }) => one(`sys/policies/acl/${name}`, { policy }),
  'vault:index/audit:Audit': ({ path, ...rest }) => [
    { path: `sys/audit/${path}`, body: snake(rest), read: 'sys/audit', at: `${path}/`, update: 'never' },
  ],
  'vault:index/authBackend:AuthBackend': authMount,
  'vault:index/quotaRateLimit:QuotaRateLimit': ({ name, ...rest }) => one(`sys/quotas/rate-limit/${name}`, snake(rest)),
  'vault:generic/endpoint:Endpoint': ({ path, dataJson }) => one(String(path), parsed(dataJson)),
  'vault:kubernetes/authBackendConfig:AuthBackendConfig': ({ backend, ...rest }) =>
    one(`auth/${backend}/config`, snake(rest)),
  'vault:kubernetes/authBackendRole:AuthBackendRole': authRole,
  'vault:jwt/authBackend:AuthBackend': ({ type, path, description, ...rest }) => [
    ...authMount({ type, path, description }),
    ...one(`auth/${path}/config`, snake(rest)),
  ],
  'vault:jwt/authBackendRole:AuthBackendRole': ({ boundClaims, ...rest }) =>
    authRole({ ...rest, ...(isRecord(boundClaims) ? { boundClaims: claims(boundClaims) } : {}) }),
  'vault:kv/secretBackendV2:SecretBackendV2': ({ mount: at, deleteVersionAfter, ...rest }) =>
    one(`${at}/config`, {
      ...snake(rest),
      ...(deleteVersionAfter === undefined ? {} : { delete_version_after: `${deleteVersionAfter}s` }),
    }),
  'vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls': below('config/urls'),
  'vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig': below('config/crl'),
  'vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy': below('config/auto-tidy'),
  'vault:pkiSecret/secretBackendRole:SecretBackendRole': named('roles'),
  'vault:transit/secretBackendKey:SecretBackendKey': transitKey,
  'vault:database/secretBackendConnection:SecretBackendConnection': connection,
  'vault:database/secretBackendRole:SecretBackendRole': named('roles'),
  'vault:database/secretBackendStaticRole:SecretBackendStaticRole': named('static-roles'),
};

function mount({ path, type, description, options, defaultLeaseTtlSeconds, maxLeaseTtlSeconds }: Args): Step[] {
  const config = defined({ default_lease_ttl: defaultLeaseTtlSeconds, max_lease_ttl: maxLeaseTtlSeconds });
  const body = defined({ type, description, options, ...(Object.keys(config).length === 0 ? {} : { config }) });
  const update = { path: `sys/mounts/${path}/tune`, body: defined({ description, options, ...config }) };
  return [{ path: `sys/mounts/${path}`, body, update }];
}

function authMount({ path, type, description }: Args): Step[] {
  const update = { path: `sys/auth/${path}/tune`, body: defined({ description }) };
  return [{ path: `sys/auth/${path}`, body: defined({ type, description }), update }];
}

function authRole({ backend, roleName, ...rest }: Args): Step[] {
  return one(`auth/${backend}/role/${roleName}`, snake(rest));
}

/** A key is made with what cannot be changed, and configured with the rest. */
function transitKey({ backend, name, deletionAllowed, ...rest }: Args): Step[] {
  const path = `${backend}/keys/${name}`;
  const config = defined({ deletion_allowed: deletionAllowed });
  const { type: _, ...changeable } = snake(rest);
  return [
    { path, body: snake(rest), update: { path: `${path}/config`, body: changeable } },
    { path: `${path}/config`, body: config, read: path },
  ];
}

function connection({ backend, name, postgresql, ...rest }: Args): Step[] {
  const { max_connection_lifetime: lifetime, ...details } = snake(recordOf(postgresql));
  const body = {
    plugin_name: 'postgresql-database-plugin',
    ...snake(rest),
    ...details,
    ...(lifetime === undefined ? {} : { max_connection_lifetime: `${lifetime}s` }),
  };
  return one(`${backend}/config/${name}`, body);
}

function one(path: string, body: JsonObject): Step[] {
  return [{ path, body: defined(body) }];
}

function below(place: string): Mapping {
  return ({ backend, ...rest }) => one(`${backend}/${place}`, snake(rest));
}

function named(folder: string): Mapping {
  return ({ backend, name, ...rest }) => one(`${backend}/${folder}/${name}`, snake(rest));
}

/** Several values of one claim are parted by commas, as the resource takes them. */
function claims(bound: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(bound).map(([claim, value]): [string, Json] => {
      const values = String(value).split(',');
      return [claim, values.length === 1 ? String(value) : values];
    }),
  );
}

/** The provider’s names of arguments are Vault’s own, in another spelling. */
function snake(args: Args): JsonObject {
  return Object.fromEntries(
    Object.entries(defined(args)).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function defined(args: Args): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}

function recordOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...jsonRecord(value) } : {};
}

function jsonRecord(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value));
}

function parsed(text: Json | undefined): JsonObject {
  const found: unknown = JSON.parse(String(text));
  return isRecord(found) ? jsonRecord(found) : {};
}

/** State of a step in what Vault answered; undefined where there is none. */
export function stateOf({ at }: Step, body: unknown): Readonly<Record<string, unknown>> | undefined {
  const data = recordAt(body, 'data');
  if (at === undefined) return data;
  return stringAt(data, at, 'type') === undefined ? undefined : recordAt(data, at);
}
