import { type CountedKey, periodText } from '../../analysis/keys';
import { columns } from './words';

/** The keys of one region. */
export interface RegionKeys {
  readonly region: string;
  readonly keys: readonly CountedKey[];
}

/** What `drun keys` prints: for each region the calendar, and what is left to people. */
export function keysText(regions: readonly RegionKeys[]): string {
  return regions.map(regionText).join('\n');
}

function regionText({ region, keys }: RegionKeys): string {
  const rows = keys.map((key) => [key.name, key.by, periodText(key.period), key.byHand ?? '-']);
  return `${region}\n${columns([['KEY', 'REPLACED BY', 'AFTER', 'BY HAND'], ...rows])}\n`;
}
