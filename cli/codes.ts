import { FINDINGS } from '../analysis/network/codes';
import { RBAC_CODES } from '../analysis/rbac/codes';
import { ENGINE_CODES } from '../analysis/rules/codes';
import { RULES } from '../analysis/rules/table';
import { ATTACK_CODES } from '../cluster/attack/codes';
import { LOCAL_CODES } from '../cluster/local/codes';
import { STORE_CODES } from '../cluster/store/codes';
import { VAULT_CODES } from '../cluster/vault/codes';
import { LIVE_CODES } from '../stacks/live/codes';
import { SINK_CODES } from '../stacks/sinks/codes';
import { COMMAND_CODES } from '../stacks/spec/command-codes';
import { INPUT_CODES } from '../stacks/spec/input-codes';
import { OUTPUT_CODES, PLAN_CODES, SCHEMA_CODES } from '../stacks/spec/plan-codes';
import { MANIFEST_CODES } from '../stacks/yaml/manifest-codes';
import { TOOL_CODES } from '../tools/codes';

/** Everything that `drun explain` says of one code. */
export interface Explanation {
  readonly code: string;
  /** The sentence that must hold, or what is wrong where a file cannot be read. */
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  /** Clause of the mission that it serves; absent for hygiene. */
  readonly control?: string;
}

/** Codes that belong together. */
export interface CodeGroup {
  readonly title: string;
  readonly codes: readonly Explanation[];
}

type Table = Readonly<Record<string, { title: string; why: string; remedy: string; control?: string }>>;

/** Every code that a person can meet, by where it comes from. */
export const CODE_GROUPS: readonly CodeGroup[] = [
  { title: 'files that people write', codes: [...tableOf(SCHEMA_CODES), ...tableOf(INPUT_CODES)] },
  { title: 'directories of manifests', codes: tableOf(MANIFEST_CODES) },
  { title: 'tenants and environments together', codes: tableOf(PLAN_CODES) },
  {
    title: 'rules of drun check',
    codes: [...RULES, ...ENGINE_CODES].map(({ id, title, why, remedy, control }) =>
      explained(id, { title, why, remedy, ...(control === undefined ? {} : { control }) }),
    ),
  },
  { title: 'proofs of drun prove: network', codes: tableOf(FINDINGS) },
  { title: 'proofs of drun prove: rights', codes: tableOf(RBAC_CODES) },
  { title: 'stacks and their delivery', codes: tableOf(SINK_CODES) },
  { title: 'live clusters', codes: tableOf(LIVE_CODES) },
  { title: 'attacks on live clusters', codes: tableOf(ATTACK_CODES) },
  { title: 'the writer of YAML', codes: tableOf(OUTPUT_CODES) },
  { title: 'control planes on this machine', codes: tableOf(LOCAL_CODES) },
  { title: 'the bootstrap of a Vault, its snapshots and its keys', codes: tableOf(VAULT_CODES) },
  { title: 'the re-encryption of a store', codes: tableOf(STORE_CODES) },
  { title: 'the programs that tests and local control planes run', codes: tableOf(TOOL_CODES) },
  { title: 'the command line', codes: tableOf(COMMAND_CODES) },
];

/** What a code means; undefined for one that nobody has. */
export function explainCode(code: string): Explanation | undefined {
  return CODE_GROUPS.flatMap(({ codes }) => codes).find((one) => one.code === code);
}

function tableOf(table: Table): readonly Explanation[] {
  return Object.entries(table).map(([code, text]) => explained(code, text));
}

function explained(code: string, { title, why, remedy, control }: Table[string]): Explanation {
  return { code, title, why, remedy, ...(control === undefined ? {} : { control }) };
}
