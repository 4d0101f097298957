import { type JsonObject, stringAt, valueAt } from '../../constructs/core/json';
import type { ClusterAnswer } from '../client/cluster';
import type { Expected } from './cases/case';

/** What stopped a request. `wall` tells how it says so in its message. */
export type Mechanism = Exclude<Expected['by'], 'omission' | 'warning'> | 'authentication' | 'absent';

/** An answer, read: let in, or stopped by what. */
export type Verdict =
  | {
      readonly admitted: true;
      readonly status: number;
      readonly object: JsonObject;
      readonly warnings: readonly string[];
    }
  | {
      readonly admitted: false;
      readonly status: number;
      readonly by: Mechanism;
      readonly message: string;
      /** Names of the policies that spoke; the API server names one of them. */
      readonly policy?: string;
    };

/** How each mechanism words its refusals, in the order in which they are tried. */
const WORDS: readonly (readonly [Mechanism, RegExp])[] = [
  ['policy', /(?:Validating|Mutating)AdmissionPolicy '([^']+)' with binding|policy '(drun-[^']+)'/],
  ['pod-security', /violates PodSecurity/],
  ['quota', /exceeded quota|status unknown for quota|(?:maximum|minimum) .* usage per|limit to request ratio per/],
  ['rbac', /cannot [a-z]+ (?:resource|path)|is attempting to grant|cannot impersonate|cannot set an ownerRef/],
];

/** Reads an answer of the API server. */
export function verdictOf({ status, body, warnings }: ClusterAnswer): Verdict {
  if (status < 300) return { admitted: true, status, object: body, warnings };
  const message = stringAt(body, 'message') ?? stringAt(body, 'text') ?? '';
  if (status === 401) return { admitted: false, status, by: 'authentication', message };
  if (status === 404) return { admitted: false, status, by: 'absent', message };
  for (const [by, words] of WORDS) {
    const said = words.exec(message);
    if (said === null) continue;
    const policy = said[1] ?? said[2];
    return { admitted: false, status, by, message, ...(policy === undefined ? {} : { policy }) };
  }
  return { admitted: false, status, by: status === 403 ? 'plugin' : 'api', message };
}

/**
 * What the API server's own checks say of some pods that Pod Security would refuse as well: privileged ones on servers that were
 * started without `--allow-privileged`, an unmasked /proc without users of its own, Windows pods that are half of the host.
 */
const REFUSED_BY_SERVER = /disallowed by cluster policy|procMount: Invalid value|hostProcess containers/;

/** Whether an attack was stopped by what was meant to stop it, in the words that say so. */
export function isStopped(verdict: Verdict, expected: Expected): boolean {
  if (expected.by === 'omission') return verdict.admitted && valueAt(verdict.object, ...expected.field) === undefined;
  if (expected.by === 'warning' && verdict.admitted) {
    return verdict.warnings.some((text) => new RegExp(expected.says).test(text));
  }
  if (verdict.admitted) return false;
  if (expected.by === 'policy' && expected.plugin !== undefined && verdict.by === 'plugin') {
    return new RegExp(expected.plugin).test(verdict.message);
  }
  if (REFUSED_BY_SERVER.test(verdict.message) && expected.by !== 'rbac') return true;
  if (verdict.by !== expected.by) return false;
  switch (expected.by) {
    case 'policy':
      return [expected.policy, ...(expected.also ?? [])].includes(verdict.policy ?? '');
    case 'rbac':
      return true;
    default:
      return new RegExp(expected.says ?? '').test(verdict.message);
  }
}
