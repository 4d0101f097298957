import { readFileSync } from 'node:fs';
import type { Contestant, Job } from './job';

/** Contestants by name; each loads only what it needs, because loading is part of its cost. */
const CONTESTANTS: Readonly<Record<string, () => Contestant>> = {
  literals: () => load<typeof import('./contestants/literals')>('literals').literals,
  plain: () => load<typeof import('./contestants/plain')>('plain').plain,
  tree: () => load<typeof import('./contestants/tree')>('tree').tree,
  treeChecked: () => load<typeof import('./contestants/tree')>('tree').treeChecked,
  synth: () => load<typeof import('./contestants/synths')>('synths').synths,
  chartPerTenant: () => load<typeof import('./contestants/stock')>('stock').chartPerTenant,
  oneChart: () => load<typeof import('./contestants/stock')>('stock').oneChart,
  layers: () => load<typeof import('./contestants/layers')>('layers').layers,
  prove: () => load<typeof import('./contestants/prove')>('prove').prove,
};

function load<T>(file: string): T {
  return require(`./contestants/${file}`);
}

const [, , name = '', file = ''] = process.argv;
const job: Job = JSON.parse(readFileSync(file, 'utf8'));
const said = CONTESTANTS[name]?.()(job);
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, rss: maxRSS / 1024, said }));
});
