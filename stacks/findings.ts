import { FINDINGS } from '../analysis/network/codes';
import { formatPorts } from '../analysis/network/port-set';
import type { Opener, Violation } from '../analysis/network/report';
import { RBAC_CODES } from '../analysis/rbac/codes';
import type { Problem } from '../constructs/core/problem';
import type { ClusterProof } from './examine';

/** One thing that a proof found, with the minimal set of objects that opens it. */
export interface ProofFinding {
  readonly code: string;
  readonly sentence: string;
  /** What must hold instead. */
  readonly expected: string;
  readonly remedy: string;
  /** Who gets where: `acme -> beta`, or the subject of a right. */
  readonly path: string;
  readonly openedBy: readonly string[];
  /** From the subject to the right, for rights. */
  readonly chain?: readonly string[];
}

/** Everything that the proofs of a cluster found: none where they hold. */
export function proofFindings({ network, rbac }: ClusterProof): readonly ProofFinding[] {
  return [
    ...network.violations.map(networkFinding),
    ...network.unused.map(({ code, path, ports, sentence }) => ({
      code,
      sentence,
      ...textOf(code),
      path: `${path.from} -> ${path.to}:${formatPorts(ports)}`,
      openedBy: [],
    })),
    ...rbac.violations.map(({ code, subject, right, chain, objects, remedy }) => ({
      code,
      sentence: `${subject} can ${right}`,
      expected: RBAC_CODES[code].title,
      remedy,
      path: subject,
      openedBy: objects,
      chain,
    })),
  ];
}

/** A finding as a problem; `where` is the region or the directory. */
export function findingProblem(
  where: string,
  { code, path, sentence, expected, remedy, openedBy }: ProofFinding,
): Problem {
  const by = openedBy.length === 0 ? '' : ` (opened by ${openedBy.join('; ')})`;
  return { code, path: `${where}: ${path}`, given: `${sentence}${by}`, expected, remedy };
}

function networkFinding({ code, from, to, sentence, openedBy }: Violation): ProofFinding {
  return { code, sentence, ...textOf(code), path: `${from} -> ${to}`, openedBy: openedBy.map(openerText) };
}

function textOf(code: Violation['code']): { readonly expected: string; readonly remedy: string } {
  const { title, remedy } = FINDINGS[code];
  return { expected: title, remedy };
}

function openerText(opener: Opener): string {
  const role = { grants: '', absent: 'no ', 'does-not-apply': 'not ' }[opener.role];
  return `${role}${opener.label}: ${opener.says}`;
}
