import { checkObjects } from '../../analysis/rules';
import { isRecord } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { regionVault } from '../../stacks/load';
import { buildTree } from '../../stacks/tree';
import { readTold, vaultTold } from '../support/inventory/vault-told';
import { type Mutant, mutantsOf } from '../support/mutants';
import { orderOf, renderedRegions } from '../support/rendered';

/** Mutants that change nothing, with the reason. */
const EQUIVALENT: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/ without spec\.description$/, 'a description is read by people alone'],
];

/** Mutants that `drun check` notices by itself, without knowing what was ordered: by pattern, with the rule that does. */
const NOTICED_BY_RULES: readonly (readonly [control: string, rule: string, pattern: RegExp])[] = [
  ['ENC-3', 'DRN501', /^Policy (workload|people)\S+ with .* for everything below/],
  ['ENC-3', 'DRN501', /^Policy (workload|people)\S+ with sudo/],
  ['ENC-3', 'DRN501', /^Policy \S+ without spec\.policy$/],
  [
    'IAM-4',
    'DRN502',
    /^WorkloadLogin \S+ without spec\.(audience|bound\S+|token(Ttl|MaxTtl|NoDefaultPolicy|Policies\S*))$/,
  ],
  ['IAM-4', 'DRN502', /^WorkloadLogin \S+ with spec\.(bound\S+: \*|token(Ttl|MaxTtl): )/],
  [
    'IAM-3',
    'DRN503',
    /^PeopleLogin \S+ without spec\.(boundClaims(Type|\.groups|\.amr)?|boundAudiences\S*|token(Ttl|MaxTtl|NoDefaultPolicy))$/,
  ],
  ['IAM-3', 'DRN503', /^PeopleLogin \S+ with spec\.(boundClaims\.groups: \*|token(Ttl|MaxTtl): )/],
  [
    'ENC-2',
    'DRN504',
    /^TransitKey \S+ (without spec\.(autoRotatePeriod|exportable|allowPlaintextBackup|deletionAllowed)|with spec\.autoRotatePeriod: )/,
  ],
  [
    'ENC-1',
    'DRN507',
    /^PkiRole \S+ (without spec\.(maxTtl|allowedDomains|enforceHostnames|allow(AnyName|GlobDomains|WildcardCertificates|IpSans|Localhost))$|with spec\.maxTtl: )/,
  ],
  ['MON-1', 'DRN508', /^no AuditDevice /],
];

const [region] = renderedRegions(['dev']);
if (region === undefined) throw new Error('dev has no region');
const { plan } = region;
const objects = regionVault(buildTree(plan), region.planned.region.name);
const ordered = new Set(vaultTold(orderOf(region), plan.environment.access.issuer));
/** Objects and their arguments; the frame around these is ours, and nothing of it is told to Vault. */
const mutants = [...mutantsOf(objects).filter(({ what }) => /^no | spec\b/.test(what)), ...objects.flatMap(weakened)];

/** Numbers a hundred times as large or none, every word a wildcard, and policies that say less or more. */
function weakened(object: Manifest, index: number): readonly Mutant[] {
  const label = objectLabel(object);
  const spec = 'spec' in object && isRecord(object.spec) ? object.spec : {};
  const changed = (what: string, field: string, value: unknown): Mutant => ({
    what: `${label} ${what}`,
    index,
    object: { ...object, ...{ spec: { ...spec, [field]: value } } },
  });
  return Object.entries(spec).flatMap(([field, value]): readonly Mutant[] => {
    if (field === 'policy') return policies(String(value)).map(([what, text]) => changed(what, field, text));
    const alone = (one: unknown) => changed(`with spec.${field}: ${String(one)}`, field, one);
    if (typeof value === 'number') return [0, value * 1000].map(alone);
    if (Array.isArray(value)) return [changed(`with spec.${field}: *`, field, ['*'])];
    if (isRecord(value)) {
      return Object.keys(value).map((key) => changed(`with spec.${field}.${key}: *`, field, { ...value, [key]: '*' }));
    }
    if (typeof value !== 'string' || field === 'description') return [];
    return /^\d+[hms]?$/.test(value) ? ['0', `${value.replace(/(\d+)/, '$1000')}`].map(alone) : [alone('*')];
  });
}

/** Each stanza less; each path with everything below its folder; each with one right more. */
function policies(text: string): readonly (readonly [string, string])[] {
  return text.split(/\n(?=path )/).flatMap((stanza, at, all) => {
    const path = /path "([^"]*)"/.exec(stanza)?.[1] ?? '';
    const wide = `${path.replace(/\/[^/]*$/, '')}/*`;
    const written = (changed: string) => all.with(at, changed).join('\n');
    return [
      [`without a right to ${path}`, all.filter((_, i) => i !== at).join('\n')] as const,
      ...(wide === path
        ? []
        : [[`with ${path} for everything below ${wide}`, written(stanza.replace(path, wide))] as const]),
      ...(stanza.includes('"sudo"')
        ? []
        : [[`with sudo for ${path}`, written(stanza.replace('"]', '", "sudo"]'))] as const]),
    ];
  });
}

function replaced({ index, object }: Mutant): readonly Manifest[] {
  return object === undefined ? objects.filter((_, i) => i !== index) : objects.with(index, object);
}

function isNoticed(mutant: Mutant): boolean {
  const lines = replaced(mutant).flatMap(readTold);
  const found = new Set(lines);
  return lines.some((line) => !ordered.has(line)) || [...ordered].some((line) => !found.has(line));
}

const rules = (mutant: Mutant): readonly string[] =>
  checkObjects(replaced(mutant), { today: '2026-11-22' }).problems.map(({ code }) => code);

test('[CMP-1] what dev tells Vault is what its settings and tenants call for, line by line, and breaks no rule', () => {
  const lines = objects.flatMap(readTold);
  expect([...ordered].filter((line) => !lines.includes(line))).toEqual([]);
  expect(lines.filter((line) => !ordered.has(line))).toEqual([]);
  expect(checkObjects(objects, { today: '2026-11-22' }).problems).toEqual([]);
});

test('[ENC-3] whatever is dropped or weakened of what dev tells Vault is noticed', () => {
  expect(mutants.length).toBeGreaterThan(objects.length * 10);
  const survivors = mutants.filter((mutant) => !isNoticed(mutant)).map(({ what }) => what);
  expect(survivors.filter((what) => !EQUIVALENT.some(([pattern]) => pattern.test(what)))).toEqual([]);
});

test.each(EQUIVALENT)('[CMP-1] what matches %s is rightly not noticed: %s', (pattern) => {
  const these = mutants.filter(({ what }) => pattern.test(what));
  expect(these.length).toBeGreaterThan(0);
  expect(these.filter(isNoticed)).toEqual([]);
});

test.each(NOTICED_BY_RULES)('[%s] %s alone notices each of %s', (_, rule, pattern) => {
  const these = mutants.filter(({ what }) => pattern.test(what));
  expect(these.length).toBeGreaterThan(0);
  expect(these.filter((mutant) => !rules(mutant).includes(rule)).map(({ what }) => what)).toEqual([]);
});
