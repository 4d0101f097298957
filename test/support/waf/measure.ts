import { writeFileSync } from 'node:fs';
import { RESULTS } from './report';
import { runTrials } from './trial';

/** `npm run waf`: runs every trial and writes what `docs/waf.md` shows; `npm run generate` renders it. */
async function main(): Promise<void> {
  const corpora = await runTrials(['boundary', 'upload', 'corpus-local', 'corpus-envoy']);
  const detection = await runTrials(['detection'], ['-prompts', '10000']);
  const screen = await runTrials(['screen'], ['-step', '5']);
  const latency = await runTrials(['latency'], ['-requests', '4000']);
  writeFileSync(RESULTS, `${JSON.stringify({ ...corpora, ...detection, ...screen, ...latency }, undefined, 2)}\n`);
}

void main();
