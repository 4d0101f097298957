import { isRecord, type Json, type JsonObject, listAt, stringAt } from '../../../constructs/core/json';

/** What takes the promises of a kind of host file back; each is a setting that the API server accepts. */
const WEAKER: Readonly<Record<string, (content: JsonObject) => JsonObject>> = {
  AuthenticationConfiguration: (content) => ({
    ...content,
    jwt: listAt(content, 'jwt')
      .filter(isObject)
      .map((one) => ({
        issuer: {
          ...objectAt(one, 'issuer'),
          audiences: ['drun-dev', 'somebody-else'],
          audienceMatchPolicy: 'MatchAny',
        },
        claimMappings: { username: { claim: 'email', prefix: '' }, groups: { claim: 'groups', prefix: '' } },
      })),
    anonymous: { enabled: true },
  }),
  AdmissionConfiguration: (content) => ({ ...content, plugins: [] }),
  EncryptionConfiguration: (content) => ({
    ...content,
    resources: listAt(content, 'resources')
      .filter(isObject)
      .map((one) => ({
        ...one,
        providers: [{ identity: {} }, ...listAt(one, 'providers').filter(isObject)],
      })),
  }),
  Policy: (content) => ({ ...content, omitStages: [], rules: CARELESS }),
  ClusterConfiguration: (content) => ({
    ...content,
    apiServer: { extraArgs: argumentsOf(content, 'apiServer') },
    etcd: { local: { extraArgs: [] } },
  }),
};

/** Rights are noted in passing, and secrets in full. */
const CARELESS: readonly JsonObject[] = [
  { level: 'Metadata', resources: [{ group: 'rbac.authorization.k8s.io' }] },
  { level: 'RequestResponse' },
];

const FLAGS: Readonly<Record<string, string | undefined>> = {
  'tls-min-version': 'VersionTLS12',
  'tls-cipher-suites': undefined,
  profiling: 'true',
  'enable-admission-plugins': 'NodeRestriction',
  'strict-transport-security-directives': undefined,
  'service-account-max-token-expiration': undefined,
  'service-account-extend-token-expiration': 'true',
};

/** A host file with everything that it promises taken back. */
export function weakened(content: JsonObject): JsonObject {
  const weaken = WEAKER[stringAt(content, 'kind') ?? ''];
  if (weaken === undefined) throw new Error(`nobody says how ${stringAt(content, 'kind')} would be weaker`);
  return weaken(content);
}

function argumentsOf(content: JsonObject, part: string): readonly JsonObject[] {
  return listAt(content, part, 'extraArgs')
    .filter(isObject)
    .flatMap((one) => {
      const name = stringAt(one, 'name') ?? '';
      if (!Object.hasOwn(FLAGS, name)) return [one];
      const value = FLAGS[name];
      return value === undefined ? [] : [{ name, value }];
    });
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const found: Json | undefined = value[key];
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}
