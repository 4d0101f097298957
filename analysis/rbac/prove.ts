import type { Manifest } from '../../constructs/core/manifest';
import type { Binding } from './bindings';
import { type Chain, type Closure, closeOver, type Held } from './closure';
import { RBAC_CODES, type RbacCode } from './codes';
import { handsOn, objections } from './judge';
import { matrixOf } from './matrix';
import type { RbacFigures, RbacNote, RbacReport, RbacViolation } from './report';
import { CLUSTER } from './scope';
import { EVERYONE, isPerson, type Token, tokenText } from './subjects';
import { readWorld, type World } from './world';

/** Subjects that are judged together, because they may work together. */
interface Actor {
  readonly tenant?: string;
  readonly subjects: readonly Token[];
  readonly own: ReadonlySet<string>;
}

/**
 * Proves that no tenant subject can come to a right it must not have. Every group, user and service account of a
 * tenant counts as one actor, with service accounts that nobody has made yet; rights are followed to the rights they
 * lead to. Sets are compared, nothing is sampled. Where the objects leave a doubt, the doubt is a violation.
 *
 * @param input all objects of one cluster; other kinds than RBAC, Namespace and CustomResourceDefinition are ignored
 */
export function proveRbac(input: { readonly objects: readonly Manifest[] }): RbacReport {
  const world = readWorld(input.objects);
  const tenants = tenantActors(world);
  const actors = [...tenants, ...strangers(world, tenants)];
  const violations = new Map<string, RbacViolation>();
  const notes = new Map<string, RbacNote>();
  let rights = 0;
  const report: Reporter = (violation, key) => {
    const full = `${violation.code} ${violation.tenant ?? ''} ${key}`;
    if (!violations.has(full)) violations.set(full, violation);
  };
  for (const found of unreadable(world)) report(found, found.subject);
  judgeEveryone(world, report);
  for (const actor of actors) {
    const closure = closeOver(world, [...actor.subjects, ...EVERYONE], actor.own);
    rights += closure.held.length;
    judgeRoles(world, actor, report);
    judgeRights(world, actor, closure, report);
    for (const note of notesOf(actor, closure)) notes.set(`${note.tenant} ${note.sentence}`, note);
  }
  return {
    violations: [...violations.values()].sort(byCode),
    notes: [...notes.values()],
    matrix: matrixOf(
      world,
      actors.flatMap(({ subjects }) => subjects.flatMap(world.bindingsOf)),
    ),
    figures: figuresOf(world, tenants, actors, rights),
  };
}

function figuresOf(world: World, tenants: readonly Actor[], actors: readonly Actor[], rights: number): RbacFigures {
  return {
    tenants: tenants.length,
    subjects: new Set(actors.flatMap(({ subjects }) => subjects)).size,
    roles: [...world.roles.values()].filter((role) => role.origin === 'object').length,
    bindings: world.bindings.length,
    rights,
  };
}

type Reporter = (violation: RbacViolation, key: string) => void;

function tenantActors(world: World): readonly Actor[] {
  const namespaces = new Map<string, Set<string>>();
  for (const [namespace, tenant] of world.owners) {
    const own = namespaces.get(tenant) ?? new Set();
    namespaces.set(tenant, own.add(namespace));
  }
  const people = peopleOf(world);
  return [...namespaces]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tenant, own]) => ({
      tenant,
      own,
      subjects: [...(people.get(tenant) ?? []), ...[...own].flatMap(world.accountsOf)].sort(),
    }));
}

/**
 * The groups and users of each tenant. Whoever is bound in the namespaces of several belongs where it has most bindings,
 * so that one stray binding is one violation; with as many here as there it belongs to both.
 */
function peopleOf(world: World): ReadonlyMap<string, readonly Token[]> {
  const counts = new Map<Token, Map<string, number>>();
  for (const { scope, role, tokens } of world.bindings) {
    const tenant = world.owners.get(scope);
    if (tenant === undefined || (role.origin !== 'missing' && world.effectsOf(role, scope).length === 0)) continue;
    for (const token of tokens.filter(isPerson)) {
      const known = counts.get(token) ?? new Map<string, number>();
      counts.set(token, known.set(tenant, (known.get(tenant) ?? 0) + 1));
    }
  }
  const people = new Map<string, Token[]>();
  for (const [token, tenants] of counts) {
    const most = Math.max(...tenants.values());
    for (const [tenant, count] of tenants) {
      if (count === most) people.set(tenant, [...(people.get(tenant) ?? []), token]);
    }
  }
  return people;
}

/** Groups and users of the identity provider that belong to no tenant: each stands for itself and owns nothing. */
function strangers(world: World, tenants: readonly Actor[]): readonly Actor[] {
  const known = new Set(tenants.flatMap(({ subjects }) => subjects));
  const tokens = new Set(world.bindings.flatMap(({ tokens }) => tokens));
  return [...tokens]
    .filter((token) => !known.has(token) && isPerson(token) && / oidc:/.test(token))
    .sort()
    .map((token) => ({ subjects: [token], own: new Set() }));
}

function unreadable(world: World): readonly RbacViolation[] {
  const roles = [...world.roles.values()].filter((role) => role.malformed).map((role) => role.label);
  const bindings = world.bindings.filter((binding) => binding.malformed).map((binding) => binding.label);
  return [...roles, ...bindings].map((label) =>
    violation('PRV160', {}, label, 'unknown', { steps: [label], objects: [label] }),
  );
}

function judgeEveryone(world: World, report: Reporter): void {
  const everyone: Actor = { subjects: EVERYONE, own: new Set() };
  const closure = closeOver(world, EVERYONE, everyone.own);
  for (const held of closure.held.filter(({ direct }) => direct)) {
    const [worst] = objections(world, held, everyone.own);
    if (worst === undefined) continue;
    report(violation('PRV150', everyone, tokenText(held.token), worst.right, held.chain), held.binding);
  }
  judgeEnds(everyone, closure, report);
}

function judgeRights(world: World, actor: Actor, closure: Closure, report: Reporter): void {
  const mine = new Set(actor.subjects);
  for (const held of closure.held) {
    if (held.direct && !mine.has(held.token)) continue;
    for (const found of objections(world, held, actor.own)) {
      report(violation(found.code, actor, subjectOf(held.chain), found.right, held.chain), `${found.key}`);
    }
  }
  judgeEnds(actor, closure, report);
}

function judgeEnds(actor: Actor, closure: Closure, report: Reporter): void {
  for (const { scope, chain } of shortest(closure.everything)) {
    if (actor.tenant !== undefined && EVERYONE.some((token) => subjectOf(chain) === tokenText(token))) continue;
    const right = scope === CLUSTER ? 'every right in the cluster' : `every right in ${scope}`;
    report(violation('PRV111', actor, subjectOf(chain), right, chain), chain.objects.join());
  }
}

/** Leaves out chains that need all the objects of another one and more, and ends within an end that is reached anyway. */
function shortest(ends: Closure['everything']): Closure['everything'] {
  const kept: Closure['everything'][number][] = [];
  for (const end of [...ends].sort((a, b) => a.chain.objects.length - b.chain.objects.length)) {
    const known = kept.some(
      ({ scope, chain }) =>
        (scope === CLUSTER || scope === end.scope) &&
        chain.objects.every((object) => end.chain.objects.includes(object)),
    );
    if (!known) kept.push(end);
  }
  return kept;
}

function judgeRoles(world: World, actor: Actor, report: Reporter): void {
  for (const token of actor.subjects) {
    for (const binding of world.bindingsOf(token)) {
      for (const [code, right, more] of roleFaults(binding)) {
        const objects = [binding.label, binding.role.label, ...more];
        const chain = { steps: [tokenText(token), ...objects], objects };
        report(violation(code, actor, tokenText(token), right, chain), `${binding.role.label} ${more.join()}`);
      }
    }
  }
}

function roleFaults({ role }: Binding): (readonly [RbacCode, string, readonly string[]])[] {
  const faults: (readonly [RbacCode, string, readonly string[]])[] = [];
  if (role.origin === 'built-in') faults.push(['PRV131', `whatever ${role.name} allows in this version`, []]);
  if (role.origin === 'missing') faults.push(['PRV132', `whatever ${role.label} will allow`, []]);
  if (role.aggregates && role.origin === 'object')
    faults.push(['PRV140', `whatever is added to ${role.label} by label`, []]);
  for (const other of role.widenedBy) faults.push(['PRV141', `the rules of ${other}`, [other]]);
  return faults;
}

function notesOf(actor: Actor, closure: Closure): readonly RbacNote[] {
  const { tenant } = actor;
  if (tenant === undefined) return [];
  return closure.held
    .filter((held) => held.direct && actor.own.has(held.scope))
    .flatMap((held) => noteOf(tenant, held));
}

function noteOf(tenant: string, held: Held): readonly RbacNote[] {
  const says = handsOn(held);
  if (says === undefined) return [];
  return [{ tenant, sentence: `${tokenText(held.token)} ${says} in ${held.scope}`, objects: held.chain.objects }];
}

function violation(
  code: RbacCode,
  actor: Pick<Actor, 'tenant'>,
  subject: string,
  right: string,
  chain: Chain,
): RbacViolation {
  const owner = actor.tenant === undefined ? {} : { tenant: actor.tenant };
  return {
    code,
    ...owner,
    subject,
    right,
    chain: chain.steps,
    objects: chain.objects,
    remedy: RBAC_CODES[code].remedy,
  };
}

function subjectOf(chain: Chain): string {
  return chain.steps[0] ?? '';
}

function byCode(a: RbacViolation, b: RbacViolation): number {
  const left = `${a.code} ${a.tenant ?? ''} ${a.subject} ${a.right}`;
  const right = `${b.code} ${b.tenant ?? ''} ${b.subject} ${b.right}`;
  return left < right ? -1 : Number(left > right);
}
