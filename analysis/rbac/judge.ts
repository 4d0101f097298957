import type { Held } from './closure';
import type { RbacCode } from './codes';
import { BIND_ACCESS, ESCALATING_POWERS, GRANTING_ACCESS, holdsPower, OWN_NAMESPACE_POWERS } from './powers';
import { isSelfReview, privateAddresses } from './public';
import { allowed, type Rule, ruleText } from './rule';
import { CLUSTER } from './scope';
import type { World } from './world';

/** One objection to one right. */
export interface Objection {
  readonly code: RbacCode;
  readonly right: string;
  /** Objections with the same key are one violation: reaching a namespace is said once per binding, not once per rule. */
  readonly key: string;
}

/** What is wrong with a right in the hands of subjects that own the namespaces `own`. */
export function objections(world: World, held: Held, own: ReadonlySet<string>): readonly Objection[] {
  const { rule } = held.effect;
  if (held.scope === CLUSTER) return [...clusterObjections(held), ...(held.direct ? verbObjections(world, held) : [])];
  if (!own.has(held.scope)) return [foreignObjection(world, held)];
  const powers = OWN_NAMESPACE_POWERS.filter((power) => holdsPower(rule, power));
  return [...powers.map((power) => objection(held, power.code, power.says)), ...verbObjections(world, held)];
}

/** Rights to hand rights on: fine by the rules of Kubernetes, but good to know. */
export function handsOn(held: Held): string | undefined {
  const { rule } = held.effect;
  const creates = GRANTING_ACCESS.filter((access) => allowed(rule, access)).map((access) => access.resource);
  const binds = BIND_ACCESS.flatMap((access) => allowed(rule, access)?.names ?? []);
  if (creates.length > 0) return `may create ${creates.join(' and ')}, which can give no more than it holds`;
  return binds.length > 0 ? `may bind ${binds.join(', ')}` : undefined;
}

function foreignObjection(world: World, held: Held): Objection {
  const owner = world.owners.get(held.scope);
  const whose = owner === undefined ? 'a platform namespace' : `tenant ${owner}`;
  const right = `${ruleText(held.effect.rule)} in ${held.scope} of ${whose}`;
  return { code: owner === undefined ? 'PRV102' : 'PRV101', right, key: `${held.binding} ${held.scope}` };
}

function clusterObjections(held: Held): readonly Objection[] {
  const { rule } = held.effect;
  const found: Objection[] = [];
  const signedIn = !/anonymous|unauthenticated/.test(held.token);
  const addresses = privateAddresses(rule, signedIn);
  if (addresses.length > 0) {
    found.push({ code: 'PRV105', right: `${rule.verbs.join(', ')} ${addresses.join(', ')}`, key: held.binding });
  }
  if (rule.resources.length === 0 || isSelfReview(rule)) return found;
  const code = rule.verbs.every((verb) => READS.has(verb)) ? 'PRV103' : 'PRV104';
  return [...found, { code, right: `${ruleText(rule)} in the whole cluster`, key: held.binding }];
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

function verbObjections(world: World, held: Held): readonly Objection[] {
  const { rule } = held.effect;
  const found = ESCALATING_POWERS.filter((power) => holdsPower(rule, power)).map((power) =>
    objection(held, power.code, power.says),
  );
  if (bindsUnseen(world, rule)) found.push(objection(held, 'PRV110', 'bind roles it does not hold'));
  if (hasStar(rule)) found.push(objection(held, 'PRV130', ruleText(rule)));
  return found;
}

/** Whether `bind` is held without names, or for a role that nobody can look at. */
function bindsUnseen(world: World, rule: Rule): boolean {
  return BIND_ACCESS.some((access) => {
    const given = allowed(rule, access);
    if (given === undefined) return false;
    if (given.names === undefined) return true;
    return access.resource === 'clusterroles' && given.names.some((name) => !world.roles.has(`ClusterRole ${name}`));
  });
}

function hasStar(rule: Rule): boolean {
  const fields = [rule.apiGroups, rule.resources, rule.verbs];
  return (
    fields.some((field) => field.some((text) => text === '*' || text.startsWith('*/'))) ||
    rule.nonResourceURLs.includes('*')
  );
}

function objection(held: Held, code: RbacCode, says: string): Objection {
  const where = held.scope === CLUSTER ? 'in the whole cluster' : `in ${held.scope}`;
  return { code, right: `${says} ${where}`, key: `${held.effect.source} ${says}` };
}
