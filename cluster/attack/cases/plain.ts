import type { JsonObject } from '../../../constructs/core/json';
import type { ActorName, AttackCase, CaseRequest, Expected, PlainRequest, Row } from './case';

/** A request as people write it: `GET /api/v1/nodes`; a body is sent where one is given, or an empty object to be created. */
export function http(line: string, body?: JsonObject, contentType?: string): PlainRequest {
  const [method = '', whole = ''] = line.split(' ');
  if (!isMethod(method)) throw new Error(`no method in ${line}`);
  const [path = '', search] = whole.split('?');
  const sent = body ?? (method === 'POST' || method === 'PUT' ? { metadata: { name: 'case' } } : undefined);
  const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : undefined);
  return {
    verb: 'plain',
    method,
    path,
    ...(search === undefined ? {} : { query: Object.fromEntries(new URLSearchParams(search)) }),
    ...(sent === undefined && method !== 'PATCH' ? {} : { body: sent ?? { metadata: { labels: { attack: 'yes' } } } }),
    ...(type === undefined ? {} : { contentType: type }),
  };
}

/** Reading one's own pods: the benign twin where the attack is one on somebody else. */
const OWN = http('GET /api/v1/namespaces/{ns}/pods');

/** Asking who one is: all that a workload may do. */
const WHO_AM_I = http('POST /apis/authentication.k8s.io/v1/selfsubjectreviews', {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'SelfSubjectReview',
});

/** What a signed-on nobody may ask. */
const VERSION = http('GET /readyz');

const RBAC: Expected = { by: 'rbac' };

/** A line of a table: row, request, and the twin where it is not the reading of one's own pods. */
export type Line = readonly [row: Row, attack: string, twin?: string];

/** What no role allows: each line is tried by the tenant's owner and by its workload. */
export function forbidden(lines: readonly Line[]): readonly AttackCase[] {
  return lines.flatMap(([row, attack, twin]) => [
    plainCase(row, 'tenant', http(attack), RBAC, twin === undefined ? OWN : http(twin), attack),
    plainCase(row, 'workload', http(attack), RBAC, WHO_AM_I, attack),
  ]);
}

/** What an actor without any identity may not do. */
export function closedToStrangers(lines: readonly Line[]): readonly AttackCase[] {
  return lines.map(([row, attack]) => plainCase(row, 'anonymous', http(attack), RBAC, VERSION, attack));
}

/** What one actor may not do. */
export function forbiddenTo(actor: ActorName, lines: readonly Line[]): readonly AttackCase[] {
  return lines.map(([row, attack, twin]) =>
    plainCase(row, actor, http(attack), RBAC, twin === undefined ? OWN : http(twin), attack),
  );
}

/** A case of any kind, named by its row, its actor and what it does. */
export function plainCase(
  row: Row,
  actor: ActorName,
  attack: CaseRequest,
  expected: Expected,
  twin: CaseRequest,
  does: string,
): AttackCase {
  return { id: `${row}-${actor}: ${does}`, row, actor, attack, expected, twin };
}

function isMethod(text: string): text is PlainRequest['method'] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(text);
}
