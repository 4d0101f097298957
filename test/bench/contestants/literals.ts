import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { members } from '../../support/population';
import type { Job, Said } from '../job';

interface Literals {
  readonly sizes: Readonly<Record<string, readonly (readonly unknown[])[]>>;
  readonly kinds: Readonly<Record<string, (tenant: { readonly id: string; readonly v: unknown }) => unknown>>;
}

/**
 * A lower bound that no program with a specification can reach: object literals with the tenant's values in them, `JSON.stringify`, one file a
 * tenant. It reads no specification, derives nothing and checks nothing.
 */
export function literals({ count, input, out }: Job): Said {
  const { kinds, sizes }: Literals = require(join(input, 'literals.js'));
  for (const { kind, id, size, name } of members(count)) {
    const items = kinds[kind]?.({ id, v: sizes[kind]?.[size] });
    writeFileSync(join(out, `${name}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
  return {};
}
