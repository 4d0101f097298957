import type { RoleEntry } from './roles';
import { type Half, PAIRS } from './routes';
import { ruleText } from './rule';
import { CLUSTER, narrower, type Scope } from './scope';
import { serviceAccountToken, type Token, tokenText } from './subjects';
import type { Effect, World } from './world';

/** How a right was reached: what to say, and the objects without any one of which the chain would break. */
export interface Chain {
  readonly steps: readonly string[];
  readonly objects: readonly string[];
}

/** One right in the hands of the subjects a closure was asked for. */
export interface Held {
  /** The token that the binding names. */
  readonly token: Token;
  /** Whether the token is one of the subjects themselves; otherwise it was reached. */
  readonly direct: boolean;
  readonly binding: string;
  readonly scope: Scope;
  readonly role: RoleEntry;
  readonly effect: Effect;
  readonly chain: Chain;
}

/** Everything that a set of subjects can come to hold. */
export interface Closure {
  readonly held: readonly Held[];
  /** Chains that end at every right in the scope, shortest first; `CLUSTER` is the end of everything. */
  readonly everything: readonly { readonly scope: Scope; readonly chain: Chain }[];
}

interface Search {
  readonly world: World;
  readonly own: ReadonlySet<string>;
  readonly queue: { readonly token: Token; readonly direct: boolean; readonly chain: Chain }[];
  readonly seen: Set<Token>;
  readonly held: Held[];
  readonly everything: { scope: Scope; chain: Chain }[];
  readonly halves: Map<Half, { held: Held; names: readonly string[] | undefined }[]>;
  readonly granted: Set<string>;
}

/**
 * Follows rights to further rights until nothing new is reached, breadth first, so that the first chain to a right is a
 * shortest one. Taking over service accounts of the namespaces in `own` is no gain: they are among the subjects.
 */
export function closeOver(world: World, subjects: readonly Token[], own: ReadonlySet<string>): Closure {
  const search: Search = {
    world,
    own,
    queue: [],
    seen: new Set(),
    held: [],
    everything: [],
    halves: new Map(),
    granted: new Set(),
  };
  for (const token of subjects) reach(search, token, true, { steps: [], objects: [] });
  for (let next = 0; next < search.queue.length; next += 1) {
    const entry = search.queue[next];
    if (entry === undefined) break;
    for (const binding of world.bindingsOf(entry.token)) {
      const chain = extend(entry.chain, [binding.label, binding.role.label], [binding.label, binding.role.label]);
      for (const effect of world.effectsOf(binding.role, binding.scope)) {
        hold(search, { ...entry, binding: binding.label, scope: binding.scope, role: binding.role, effect, chain });
      }
    }
  }
  return search;
}

function reach(search: Search, token: Token, direct: boolean, before: Chain): void {
  if (search.seen.has(token)) return;
  search.seen.add(token);
  search.queue.push({ token, direct, chain: extend(before, [tokenText(token)], []) });
}

function hold(search: Search, right: Held): void {
  const { source, rule } = right.effect;
  const where = right.scope === CLUSTER ? 'in the whole cluster' : `in ${right.scope}`;
  const taken = source === right.role.label ? [] : [source];
  const chain = extend(right.chain, [...taken, `may ${ruleText(rule)} ${where}`], taken);
  const held = { ...right, chain };
  search.held.push(held);
  for (const { route, names } of right.effect.opens.routes) {
    if (route.gains === 'everything') take(search, CLUSTER, extend(chain, [route.says], []));
    else if (route.gains === 'users' || route.gains === 'groups') impersonate(search, held, route.gains, names);
    else takeAccounts(search, held, route.says, route.gains === 'accounts' ? undefined : names);
  }
  if (right.effect.opens.routes.some(({ route }) => route.gains === 'everything')) return;
  for (const { half, names } of right.effect.opens.halves) {
    const known = search.halves.get(half) ?? [];
    known.push({ held, names });
    search.halves.set(half, known);
    for (const pair of PAIRS) if (pair.halves.includes(half)) join(search, pair, half);
  }
}

function takeAccounts(search: Search, held: Held, says: string, names: readonly string[] | undefined): void {
  const { scope, chain } = held;
  if (search.own.has(scope)) return;
  if (scope === CLUSTER || scope === 'kube-system') {
    take(search, CLUSTER, extend(chain, [`${says} a controller of kube-system`], []));
    return;
  }
  const tokens = search.world.accountsOf(scope);
  const named = names?.map((name) => serviceAccountToken(scope, name));
  for (const token of tokens) {
    if (named?.includes(token) === false && token.startsWith('User ')) continue;
    reach(search, token, false, extend(chain, [says], []));
  }
}

function impersonate(search: Search, held: Held, kind: 'users' | 'groups', names: readonly string[] | undefined): void {
  const chain = extend(held.chain, ['impersonates'], []);
  if (names === undefined || names.includes('system:masters')) {
    take(search, CLUSTER, extend(chain, [names === undefined ? `any of the ${kind}` : 'Group system:masters'], []));
    return;
  }
  for (const name of names) reach(search, kind === 'users' ? `User ${name}` : `Group ${name}`, false, chain);
}

/** Uses the newest right of kind `half` with every known right of the other kind. */
function join(search: Search, pair: (typeof PAIRS)[number], half: Half): void {
  const newest = search.halves.get(half)?.at(-1);
  const other = pair.halves[0] === half ? pair.halves[1] : pair.halves[0];
  for (const match of search.halves.get(other) ?? []) {
    const [first, second] = pair.halves[0] === half ? [newest, match] : [match, newest];
    if (first === undefined || second === undefined) continue;
    const scope = narrower(first.held.scope, second.held.scope);
    if (scope === undefined || (pair.halves[1] === 'write clusterrolebindings' && scope !== CLUSTER)) continue;
    const chain = both(first.held.chain, second.held.chain);
    if (pair.gains === 'everything' || first.names === undefined)
      take(search, scope, extend(chain, [PAIR_SAYS[pair.gains]], []));
    else for (const name of first.names) grant(search, pair.halves[0], first.held, scope, name, chain);
  }
}

const PAIR_SAYS = { everything: 'gives itself every right', roles: 'binds itself to any role' } as const;

/** The rules of a role that the holder may bind itself to by name. */
function grant(search: Search, half: Half, held: Held, scope: Scope, name: string, before: Chain): void {
  const label = half === 'bind roles' ? `Role ${scope}/${name}` : `ClusterRole ${name}`;
  const key = `${scope} ${label}`;
  const role = search.world.roles.get(label);
  if (role === undefined || search.granted.has(key)) return;
  search.granted.add(key);
  const chain = extend(before, [`binds itself to ${label}`], [label]);
  for (const effect of search.world.effectsOf(role, scope)) {
    hold(search, { token: held.token, direct: false, binding: held.binding, scope, role, effect, chain });
  }
}

function take(search: Search, scope: Scope, chain: Chain): void {
  search.everything.push({ scope, chain });
}

function both(a: Chain, b: Chain): Chain {
  return a === b ? a : extend(a, ['and', ...b.steps], b.objects);
}

function extend(chain: Chain, steps: readonly string[], objects: readonly string[]): Chain {
  const fresh = objects.filter((object) => !chain.objects.includes(object));
  return { steps: [...chain.steps, ...steps], objects: [...chain.objects, ...new Set(fresh)] };
}
