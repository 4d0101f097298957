import type { AssaultReport, RowResult } from './report';

const GROUPS: Readonly<Record<string, string>> = {
  R: 'Control plane and rights',
  P: 'Pod Security',
  S: 'Fields of pods',
  Q: 'Quotas and fairness',
  N: 'Services, ingress and names',
  I: 'Service mesh',
  D: 'Data, secrets and supply chain',
  W: 'The wall itself',
};

/** Reports as one page that needs nothing else: no script, no picture, no font, nothing from elsewhere. */
export function assaultPage(reports: readonly AssaultReport[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${esc(`Attacks on ${reports.map(({ cluster }) => cluster).join(', ')}`)}</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    ...reports.map(section),
    '</main></body></html>',
    '',
  ].join('\n');
}

function section(report: AssaultReport): string {
  const { cluster, attacker, victim, attacks, stopped, twins, twinsAccepted, questions, rights, problems } = report;
  const holds = problems.length === 0;
  return [
    `<h1>Attacks on ${esc(cluster)} <span class="${holds ? 'good' : 'bad'}">${holds ? 'all stopped' : `${problems.length} findings`}</span></h1>`,
    `<p>Tenant <b>${esc(attacker)}</b> against tenant <b>${esc(victim)}</b> and the platform. Dry runs only; nothing was written.</p>`,
    '<ul class="tiles">',
    tile(`${stopped} of ${attacks}`, 'attacks stopped by what is meant to stop them', stopped === attacks),
    tile(`${twinsAccepted} of ${twins}`, 'benign twins accepted', twinsAccepted === twins),
    tile(
      String(questions),
      `rights asked for; ${rights} are meant to be there`,
      !problems.some(({ code }) => code === 'AT003'),
    ),
    '</ul>',
    ...(holds ? [] : [findings(report)]),
    ...Object.entries(GROUPS).map(([letter, title]) =>
      group(
        title,
        report.rows.filter(({ row }) => row.startsWith(letter)),
      ),
    ),
    notTried(report),
  ].join('\n');
}

function tile(figure: string, text: string, good: boolean): string {
  return `<li class="${good ? 'good' : 'bad'}"><b>${esc(figure)}</b>${esc(text)}</li>`;
}

function findings({ problems }: AssaultReport): string {
  const lines = problems.map(
    ({ code, path, given, expected, remedy }) =>
      `<tr><td>${esc(code)}</td><td>${esc(path)}</td><td>${esc(given)}</td><td>${esc(expected)}</td><td>${esc(remedy)}</td></tr>`,
  );
  return `<h2>Findings</h2><table><thead><tr><th>Code<th>Where<th>Given<th>Expected<th>Remedy</tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
}

function group(title: string, rows: readonly RowResult[]): string {
  return [
    `<h2>${esc(title)}</h2>`,
    '<table><thead><tr><th>Row<th>Attack<th class="n">Sent<th class="n">Stopped<th class="n">Twins<th>By</tr></thead><tbody>',
    ...rows.map(line),
    '</tbody></table>',
  ].join('\n');
}

function line({ row, title, attacks, stopped, twinsAccepted, by, because }: RowResult): string {
  const start = `<td>${esc(row)}</td><td>${esc(title)}</td>`;
  if (because !== undefined) return `<tr class="none">${start}<td colspan="4">${esc(because)}</td></tr>`;
  const whole = stopped === attacks && twinsAccepted === attacks;
  const walls = Object.entries(by).map(([name, many]) => `${name} ${many}`);
  return `<tr class="${whole ? 'good' : 'bad'}">${start}<td class="n">${attacks}</td><td class="n">${stopped}</td><td class="n">${twinsAccepted}</td><td>${esc(walls.join(', '))}</td></tr>`;
}

function notTried({ notTried: reasons }: AssaultReport): string {
  const lines = Object.entries(reasons).map(([reason, many]) => `<li>${many} × ${esc(reason)}</li>`);
  return lines.length === 0 ? '' : `<h2>Not tried</h2><ul>${lines.join('\n')}</ul>`;
}

/** Everything that a server said is text, never markup. */
function esc(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

const STYLE = [
  ':root{color-scheme:light dark;--good:#1a7f37;--bad:#cf222e;--line:#8886}',
  'body{font:15px/1.5 system-ui,sans-serif;margin:0}main{max-width:70rem;margin:auto;padding:1.5rem}',
  'h1{font-size:1.6rem}h1 span{font-size:.9rem;padding:.15rem .6rem;border-radius:1rem;color:#fff;vertical-align:middle}',
  'h1 .good{background:var(--good)}h1 .bad{background:var(--bad)}h2{font-size:1.1rem;margin:2rem 0 .5rem}',
  '.tiles{display:flex;flex-wrap:wrap;gap:1rem;padding:0;list-style:none}',
  '.tiles li{flex:1 1 12rem;border:1px solid var(--line);border-left:4px solid var(--good);border-radius:6px;padding:.7rem 1rem}',
  '.tiles li.bad{border-left-color:var(--bad)}.tiles b{display:block;font-size:1.4rem}',
  'table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}',
  'th{font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums}tr.none{opacity:.65}',
  'tr.good td:first-child{box-shadow:inset 3px 0 var(--good)}tr.bad td:first-child{box-shadow:inset 3px 0 var(--bad)}tr.bad{font-weight:600}',
].join('');
