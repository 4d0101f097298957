const { appendFileSync, readFileSync } = require('node:fs');
const { relative } = require('node:path');

/**
 * Ends a test run with one line that people and pipelines read: `N passed, N failed, N skipped`. A pipeline of several runs
 * names a file in DRUN_CLOSING; then each run writes its suites there, and `node closing-line.cjs FILE` tells all together.
 */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const suites = results.testResults.map(suiteOf);
    const record = process.env.DRUN_CLOSING;
    if (record !== undefined && record !== '') {
      appendFileSync(record, suites.map((suite) => `${JSON.stringify(suite)}\n`).join(''));
      return;
    }
    // Other reporters print after this one; the line has to be the last.
    process.on('exit', () => process.stdout.write(`${lineOf(suites)}\n`));
  }
};

function suiteOf(result) {
  return {
    suite: relative(process.cwd(), result.testFilePath).replace(/^lib\/test\/|\.test\.js$/g, ''),
    passed: result.numPassingTests,
    // A suite that could not even start has failed, though none of its tests did.
    failed: result.numFailingTests + (result.testExecError == null || result.numFailingTests > 0 ? 0 : 1),
    skipped: result.numPendingTests + result.numTodoTests,
    reasons: reasonsIn(result),
    seconds: ((result.perfStats.end ?? 0) - (result.perfStats.start ?? 0)) / 1000,
  };
}

/** A group of cases that is skipped says why in its title: `skipped: why`. */
function reasonsIn(result) {
  const skipped = result.testResults.filter(({ status }) => status === 'pending');
  const titles = skipped.flatMap(({ ancestorTitles }) => ancestorTitles.filter((title) => title.startsWith(SKIPPED)));
  return [...new Set(titles.map((title) => title.slice(SKIPPED.length)))];
}

const SKIPPED = 'skipped: ';

function lineOf(suites) {
  const sum = (key) => suites.reduce((total, suite) => total + suite[key], 0);
  const skipped = sum('skipped');
  const reasons = [...new Set(suites.flatMap((suite) => suite.reasons ?? []))];
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped${why}`}`;
}

/** Suites of all runs; a step that failed though no test did counts as one failure, under its own name. */
function suitesIn(text) {
  const suites = [];
  let failures = 0;
  for (const record of text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))) {
    if ('suite' in record) {
      suites.push(record);
      failures += record.failed;
      continue;
    }
    const silent = record.code !== 0 && failures === 0;
    if (silent) suites.push({ suite: record.step, passed: 0, failed: 1, skipped: 0, seconds: record.seconds });
    failures = 0;
  }
  return suites;
}

function tableOf(suites) {
  const head = ['SUITE', 'PASSED', 'FAILED', 'SKIPPED', 'SECONDS'];
  const rows = suites.map((one) =>
    [one.suite, one.passed, one.failed, one.skipped, one.seconds.toFixed(1)].map(String),
  );
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const pad = (cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]));
  return [head, ...rows].map((row) => row.map(pad).join('  ')).join('\n');
}

if (require.main === module) {
  const suites = suitesIn(readFileSync(process.argv[2], 'utf8'));
  process.stdout.write(`${tableOf(suites)}\n\n${lineOf(suites)}\n`);
}
