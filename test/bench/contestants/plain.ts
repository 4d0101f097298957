import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenantManifests } from '../../../constructs/tenant/tenant-manifests';
import { members, specOf } from '../../support/population';
import type { Job, Said } from '../job';

/**
 * The floor: plain objects from the same specifications by the same functions, `JSON.stringify`, one file a tenant: what a program
 * costs that has our knowledge of tenants but no constructs, no tree, no YAML and no checks.
 */
export function plain({ count, out, facts }: Job): Said {
  for (const member of members(count)) {
    const items = tenantManifests(specOf(member), facts);
    writeFileSync(join(out, `${member.name}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
  return {};
}
