import { EXEMPTION_ANNOTATION } from '../../constructs/core/exemption';
import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import {
  type Claim,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims } from './claims';
import { wrong } from './edge-gateways';

const POLICY = 'AuthorizationPolicy.security.istio.io';

/** Whether the policy lets something in at the edge for a tenant. */
function opensEdge({ object, namespace, tenant }: Subject): boolean {
  const action = valueAt(object, 'spec', 'action') ?? 'ALLOW';
  return namespace === PLATFORM_NAMESPACE.ingress && tenant !== undefined && action === 'ALLOW';
}

interface Opened {
  readonly at: string;
  readonly rule: Readonly<Record<string, unknown>>;
}

function opened({ object }: Subject): readonly Opened[] {
  return listAt(object, 'spec', 'rules').flatMap((rule, i) =>
    isRecord(rule) ? [{ at: `spec.rules[${i}]`, rule }] : [],
  );
}

/** Whether every way into the rule asks for a verified token. */
function asksForToken(rule: unknown): boolean {
  const from = listAt(rule, 'from');
  return (
    from.length > 0 &&
    from.every((one) => listAt(one, 'source', 'requestPrincipals').some((principal) => principal !== ''))
  );
}

/** Identity, or a reason. */
export const edgeIdentity: ObjectRule = {
  id: 'DRN317',
  title: 'who calls what a tenant publishes shows a token made for it, unless the policy says why not',
  why: 'a service that everybody may call by mistake looks like every other one',
  remedy: `write from.source.requestPrincipals and when request.auth.audiences, or the annotations ${Object.values(EXEMPTION_ANNOTATION).join(', ')}`,
  control: 'MDL-2',
  kinds: [POLICY],
  check: (subject) => {
    if (!opensEdge(subject)) return NOT_APPLICABLE;
    const missing = Object.values(EXEMPTION_ANNOTATION).filter((key) => !subject.annotations[key]);
    const findings = opened(subject).flatMap(({ at, rule }): readonly Finding[] => {
      if (!asksForToken(rule)) {
        return missing.map((key) =>
          wrong(`metadata.annotations["${key}"]`, undefined, `requestPrincipals at ${at}.from, or why not`),
        );
      }
      const audience = listAt(rule, 'when').some(
        (one) => stringAt(one, 'key') === 'request.auth.audiences' && listAt(one, 'values').length > 0,
      );
      return audience ? [] : [wrong(`${at}.when`, valueAt(rule, 'when'), 'the audience that tokens are made for')];
    });
    return outcomeOf(findings);
  },
};

/** What is opened is a host, in full. */
export const edgeOperation: ObjectRule = {
  id: 'DRN318',
  title: 'a policy that lets somebody in at the edge names hosts and paths',
  why: 'without a host it opens the routes of every other tenant as well, which stand behind the same proxy',
  remedy: 'write to.operation.hosts and paths in full',
  control: 'NET-1',
  kinds: [POLICY],
  check: (subject) => {
    if (!opensEdge(subject)) return NOT_APPLICABLE;
    return outcomeOf(
      opened(subject).flatMap(({ at, rule }) => {
        const to = listAt(rule, 'to');
        if (to.length === 0) return [wrong(`${at}.to`, rule.to, 'hosts and paths')];
        return to.flatMap((one, i) => operationFaults(recordAt(one, 'operation'), `${at}.to[${i}].operation`));
      }),
    );
  },
};

function operationFaults(operation: Readonly<Record<string, unknown>>, at: string): readonly Finding[] {
  const hosts = listAt(operation, 'hosts');
  const loose = hosts.filter((host) => typeof host !== 'string' || !/^[a-z0-9.-]+\.[a-z]{2,}(:\d+)?$/.test(host));
  return [
    ...(hosts.length === 0 ? [wrong(`${at}.hosts`, operation.hosts, 'full host names')] : []),
    ...loose.map((host) => wrong(`${at}.hosts`, host, 'full host names')),
    ...(listAt(operation, 'paths').length === 0 ? [wrong(`${at}.paths`, operation.paths, 'paths')] : []),
  ];
}

/** Tokens are believed of whoever signs them, so who that is must be beyond doubt. */
export const believedIssuers: ObjectRule = {
  id: 'DRN319',
  title: 'tokens are taken from the header, of issuers that are asked over https',
  why: 'a token in an address ends in logs and referrers, and keys that are fetched in plain text are anybody’s',
  remedy: 'write issuer and jwksUri with https, fromHeaders with Authorization, and no fromParams',
  control: 'IAM-1',
  kinds: ['RequestAuthentication.security.istio.io'],
  check: ({ object }) => {
    const rules = listAt(object, 'spec', 'jwtRules');
    if (rules.length === 0)
      return outcomeOf([wrong('spec.jwtRules', valueAt(object, 'spec', 'jwtRules'), 'at least one issuer')]);
    return outcomeOf(
      rules.flatMap((rule, i) => {
        const { issuer, jwksUri, jwks_uri: old, fromParams, fromHeaders } = recordAt(rule);
        const at = `spec.jwtRules[${i}]`;
        return [
          ...(isHttps(issuer) ? [] : [wrong(`${at}.issuer`, issuer, 'an https address')]),
          ...[jwksUri, old]
            .filter((uri) => uri !== undefined && !isHttps(uri))
            .map((uri) => wrong(`${at}.jwksUri`, uri, 'an https address')),
          ...(fromParams === undefined ? [] : [wrong(`${at}.fromParams`, fromParams, HEADER)]),
          // Where nothing is said Istio takes access_token from the address too.
          ...(isList(fromHeaders) && fromHeaders.length > 0 ? [] : [wrong(`${at}.fromHeaders`, fromHeaders, HEADER)]),
        ];
      }),
    );
  },
};

const HEADER = 'tokens in the header Authorization';

function isHttps(value: unknown): boolean {
  return typeof value === 'string' && /^https:\/\/[^\s*]+$/.test(value);
}

const TOKEN = 'token';
const OPEN = 'open';
const EXCEPT = ' but ';

/** What is public ends where identity begins. */
export const noOpenAbove: ClusterRule = {
  id: 'DRN320',
  title: 'no public path at the edge covers a path that asks for identity',
  why: 'policies that let in are added up: the wider one without a token opens the narrower one as well',
  remedy: 'add the narrower path to notPaths of the public one',
  control: 'NET-1',
  kinds: [POLICY],
  claims: (subject) => {
    if (!opensEdge(subject)) return [];
    return opened(subject).flatMap(({ at, rule }) =>
      listAt(rule, 'to').flatMap((to, i): readonly Claim[] => {
        const operation = recordAt(to, 'operation');
        const paths = listAt(operation, 'paths').map(String).join(' ');
        const except = listAt(operation, 'notPaths').map(String).join(' ');
        const kind = asksForToken(rule) ? TOKEN : OPEN;
        return listAt(operation, 'hosts').map((host) =>
          claimBy(subject, String(host), `${at}.to[${i}].operation`, `${kind} ${paths}${EXCEPT}${except}`),
        );
      }),
    );
  },
  judge: (claims) => {
    const guarded = new Map<string, string[]>();
    for (const { key, value } of claims) {
      const [kind, paths] = read(value);
      if (kind === TOKEN) guarded.set(key, [...(guarded.get(key) ?? []), ...paths]);
    }
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      const [kind, paths, except] = read(value);
      if (kind !== OPEN) return [];
      const covered = (guarded.get(key) ?? []).filter((path) => fits(paths, path) && !fits(except, path));
      return covered.slice(0, 1).map((path) => ({
        object,
        field,
        given: `${key}${path}, which is open without a token here and asks for one elsewhere`,
        expected: `notPaths with ${path}`,
      }));
    });
  },
};

function read(value: string): readonly [kind: string, paths: readonly string[], except: readonly string[]] {
  const [first = '', except = ''] = value.split(EXCEPT);
  const [kind = '', ...paths] = first.split(' ');
  return [kind, paths, except.split(' ').filter((path) => path !== '')];
}

function fits(patterns: readonly string[], path: string): boolean {
  const plain = path.replace(/\*$/, '');
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? plain.startsWith(pattern.slice(0, -1)) : pattern === path,
  );
}
