import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { type TrialResults, trialResults } from './trial';

/** What the trials found when they were last run. */
export const RESULTS = join(PACKAGE_ROOT, 'docs', 'waf.json');

const DOCUMENT = join(PACKAGE_ROOT, 'docs', 'waf.md');
const BEGIN = '<!-- figures: begin; `npm run waf` measures, `npm run generate` writes -->';
const END = '<!-- figures: end -->';

/** `docs/waf.md` as it is, and as it has to be. */
export function wafDocument(): { readonly is: string; readonly must: string } {
  const is = readFileSync(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = is.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const figures = figuresOf(trialResults.parse(JSON.parse(readFileSync(RESULTS, 'utf8'))));
  return { is, must: `${before}${BEGIN}\n\n${figures}\n${END}${after}` };
}

function figuresOf(results: TrialResults): string {
  return [
    corpora(results),
    attacks(results),
    halves(results),
    benign(results),
    ordinary(results),
    screened(results),
    uploads(results),
    times(results),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function corpora(results: TrialResults): string {
  const rows = (['corpus-local', 'corpus-envoy'] as const).flatMap((name) => {
    const corpus = results[name];
    if (corpus === undefined) return [];
    const overridden = Object.keys(corpus.overridden).length;
    const rest = corpus.tests - overridden;
    const where = name === 'corpus-local' ? 'in process' : 'Envoy and the service';
    return [[where, corpus.tests, overridden, corpus.passed, percent(corpus.passed, rest)]];
  });
  return rows.length === 0 ? '' : table(['rule set’s tests', 'tests', 'overridden', 'passed', 'of the rest'], rows);
}

function attacks({ detection }: TrialResults): string {
  if (detection === undefined) return '';
  const levels = Object.entries(detection.attacks);
  const classes = Object.keys(levels[0]?.[1] ?? {});
  const rows = levels.map(([name, shares]) => {
    const all = Object.values(shares);
    const [asked, refused] = [sum(all.map((one) => one.asked)), sum(all.map((one) => one.refused))];
    const each = classes.map((one) => percent(shares[one]?.refused ?? 0, shares[one]?.asked ?? 0));
    return [name, asked, percent(refused, asked), ...each];
  });
  return table(['route and level', 'attacks', 'refused', ...classes.map((one) => one.replaceAll('_', ' '))], rows);
}

/** What the half says that no rule was chosen on, and what of the corpus is an attack at all. */
function halves({ detection }: TrialResults): string {
  if (detection === undefined) return '';
  const rows = Object.entries(detection.corpus).map(([name, { attacks, noAttack }]) => [
    name,
    ...[attacks.chosenOn, attacks.heldOut].flatMap(({ asked, refused }) => [asked, percent(refused, asked)]),
    noAttack.chosenOn.asked + noAttack.heldOut.asked,
    noAttack.chosenOn.refused + noAttack.heldOut.refused,
  ]);
  return table(
    [
      'without what attacks nothing',
      'half chosen on',
      'refused',
      'half held out',
      'refused',
      'no attacks',
      'of them refused',
    ],
    rows,
  );
}

function ordinary({ detection }: TrialResults): string {
  if (detection === undefined) return '';
  const rows = Object.entries(detection.public).flatMap(([name, kinds]) =>
    Object.entries(kinds).map(([kind, { chosenOn, heldOut }]) => [
      kind,
      name,
      ...[chosenOn, heldOut].flatMap(({ asked, refused }) => [asked, refused, percent(refused, asked)]),
    ]),
  );
  return table(
    ['public', 'route and level', 'half chosen on', 'refused', 'share', 'half held out', 'refused', 'share'],
    rows,
  );
}

function benign({ detection }: TrialResults): string {
  if (detection === undefined) return '';
  const rows = (['calls', 'prompts', 'elsewhere'] as const).flatMap((kind) =>
    Object.entries(detection[kind]).map(([name, { asked, refused }]) => [
      { calls: 'calls of the platform', prompts: 'prompts', elsewhere: 'prompts with an attack beside them' }[kind],
      name,
      asked,
      refused,
      percent(refused, asked),
    ]),
  );
  return table(['requests', 'route and level', 'asked', 'refused', 'share'], rows);
}

function screened({ screen }: TrialResults): string {
  if (screen === undefined) return '';
  const found = [[screen.texts, screen.cleared, screen.missed.length]];
  return table(
    ['texts of attacks and tests', 'cleared by the screen, by place and level', 'in which a rule matches'],
    found,
  );
}

function uploads({ upload }: TrialResults): string {
  if (upload === undefined) return '';
  const cells = [upload.bytes, upload.envoyKiB * 1024, upload.serviceKiB * 1024].map(
    (bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`,
  );
  return table(['file that passes on an `upload` route', 'most memory of Envoy grows by', 'of the service'], [cells]);
}

function times({ latency }: TrialResults): string {
  if (latency === undefined) return '';
  const rows = Object.entries(latency).map(([name, one]) => [
    name,
    milliseconds(one.without.p50),
    milliseconds(one.with.p50),
    milliseconds(one.added.p50),
    milliseconds(one.added.p99),
    Math.round(one.perCore),
    Math.round(one.perCoreOfService),
  ]);
  const head = [
    'request',
    'p50 without',
    'p50 with',
    'added p50',
    'added p99',
    'requests/s a core',
    'of the service alone',
  ];
  return table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(2)} %`;
}

function milliseconds(microseconds: number): string {
  return `${(microseconds / 1000).toFixed(2)} ms`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

if (require.main === module) writeFileSync(DOCUMENT, wafDocument().must);
