import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitYaml } from '../../stacks/yaml/emit';
import { type Member, members, propsOf } from './population';

/** A tenant's file as a person would write it. */
export function tenantYaml(member: Member): string {
  return emitYaml([propsOf(member)]);
}

/** Writes a file for each of the first `count` tenants, `<name>.yaml`, into a folder that is made. */
export function writePopulation(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  for (const member of members(count)) writeFileSync(join(folder, `${member.name}.yaml`), tenantYaml(member));
}
