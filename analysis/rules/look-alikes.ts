import { type Claim, type ClusterFinding, type ClusterRule, claimBy } from '../../constructs/core/rule';
import { hostsOf, mayNameHosts } from './hostnames';

/** Names that people would take for each other belong to the same owner, or do not exist. */
export const noLookAlikes: ClusterRule = {
  id: 'DRN107',
  title: 'no name of a tenant, namespace or host looks like that of somebody else',
  why: 'a person who reviews acme1 and reads acmel grants the wrong tenant; phishing lives on such hosts',
  remedy: 'choose a name that differs in more than a look-alike letter, a hyphen or a swap',
  control: 'CMP-1',
  kinds: (group, kind) =>
    (group === '' && kind === 'Namespace') || (mayNameHosts(group, kind) && kind !== 'ServiceEntry'),
  claims: (subject) => {
    if (subject.kind === 'Namespace') {
      const names = subject.name ? [claimBy(subject, subject.name, 'metadata.name', 'namespace')] : [];
      const { tenant } = subject;
      return tenant ? [...names, claimBy(subject, tenant, 'metadata.labels["drun.io/tenant"]', 'tenant')] : names;
    }
    if (subject.kind === 'Gateway' && subject.component !== undefined) return [];
    return hostsOf(subject).flatMap(({ path, host }) =>
      typeof host === 'string' ? [claimBy(subject, host, path, 'host')] : [],
    );
  },
  judge: (claims) => [
    ...findings(
      claims,
      (claim) => skeleton(claim.key),
      () => true,
    ),
    ...findings(claims, anagram, (a, b) => isSwap(a.key, b.key)),
  ],
};

/** Names of one group that somebody else's name of the group rivals; both sides are told, whatever their order. */
function findings(
  claims: Iterable<Claim>,
  groupOf: (claim: Claim) => string | undefined,
  rivals: (a: Claim, b: Claim) => boolean,
): readonly ClusterFinding[] {
  const shared = sharedGroups(claims, groupOf);
  if (shared.size === 0) return [];
  const groups = new Map<string, Map<string, Claim>>();
  for (const claim of claims) {
    const group = groupOf(claim);
    if (group === undefined || !shared.has(group)) continue;
    const known = groups.get(`${claim.value} ${group}`) ?? new Map<string, Claim>();
    const key = `${claim.owner} ${claim.key}`;
    const first = known.get(key);
    if (first === undefined || claim.object < first.object) known.set(key, claim);
    groups.set(`${claim.value} ${group}`, known);
  }
  return [...groups.values()].flatMap((group) => {
    const names = [...group.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return names.flatMap((claim) => {
      const rival = names.find(
        (other) => other.key !== claim.key && other.owner !== claim.owner && rivals(claim, other),
      );
      return rival === undefined ? [] : [findingFor(claim, rival)];
    });
  });
}

/** Groups that more than one name is in: hardly ever is there one, so names are gathered for those alone. */
function sharedGroups(claims: Iterable<Claim>, groupOf: (claim: Claim) => string | undefined): ReadonlySet<string> {
  const names = new Map<string, string>();
  const shared = new Set<string>();
  for (const claim of claims) {
    const group = groupOf(claim);
    if (group === undefined) continue;
    const name = names.get(group);
    if (name === undefined) names.set(group, claim.key);
    else if (name !== claim.key) shared.add(group);
  }
  return shared;
}

function findingFor(claim: Claim, rival: Claim): ClusterFinding {
  const whose = rival.owner === '' ? '' : ` of ${rival.owner}`;
  const expected = `a name that nobody takes for ${JSON.stringify(rival.key.slice(0, 120))}${whose}`;
  return { object: claim.object, field: claim.field, given: JSON.stringify(claim.key.slice(0, 120)), expected };
}

/** The letters of a tenant's name in order; short names and names of namespaces and hosts are full of swaps by nature. */
function anagram(claim: Claim): string | undefined {
  if (claim.value !== 'tenant' || claim.key.length < 6 || claim.key.length > 63) return undefined;
  return [...claim.key].sort().join('');
}

/** Whether two names differ only by two neighbouring letters that changed places: `umbrella` and `umbrlela`. */
function isSwap(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  const pair = a.slice(at, at + 2);
  return /^[a-z]{2}$/.test(pair) && `${a.slice(0, at)}${pair[1]}${pair[0]}${a.slice(at + 2)}` === b;
}

/** Letters of other scripts that look Latin; the full list is Unicode TR 39, these are those of lower-case names. */
const FOREIGN: Readonly<Record<string, string>> = {
  а: 'a',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  һ: 'h',
  і: 'i',
  ј: 'j',
  ӏ: 'l',
  о: 'o',
  р: 'p',
  ѕ: 's',
  ѵ: 'v',
  х: 'x',
  у: 'y',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ı: 'i',
  ɡ: 'g',
};

/**
 * What is left of a name when everything that the eye skips is taken away: case, accents, letters of other scripts,
 * 0 and o, 1 and l, rn and m, vv and w, and hyphens unless they part two digits.
 */
function skeleton(name: string): string {
  return (ASCII.test(name) ? name.toLowerCase() : latin(name))
    .replace(/(?<!\d)-|-(?!\d)/g, '')
    .replaceAll('0', 'o')
    .replaceAll('1', 'l')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

/** Nearly every name: it has no accents and no letters of other scripts. */
const ASCII = /^[\x20-\x7e]*$/;

function latin(name: string): string {
  return [...name.normalize('NFKD').toLowerCase()]
    .map((letter) => FOREIGN[letter] ?? letter)
    .join('')
    .replace(/\p{M}/gu, '');
}
