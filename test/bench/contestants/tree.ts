import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import type { CheckRun } from '../../../analysis/rules';
import { provideClusterFacts } from '../../../constructs/core/cluster-facts';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import { Platform } from '../../../constructs/core/platform';
import { formatProblem } from '../../../constructs/core/problem';
import { SecureTenant } from '../../../constructs/tenant/secure-tenant';
import { markParsed } from '../../../constructs/tenant/tenant-spec';
import { emitYaml } from '../../../stacks/yaml/emit';
import { members, specOf } from '../../support/population';
import { type Job, type Said, TODAY } from '../job';

/** Typed specifications to one tree of `SecureTenant`s, to YAML, to one file a tenant: what `synth` does after parsing. */
export function tree(job: Job): Said {
  return { objects: write(job, undefined) };
}

/** As {@link tree}, and all rules of `drun check` over each object and over all of them, the platform's layers included. */
export function treeChecked(job: Job): Said {
  const { CheckRun }: typeof import('../../../analysis/rules') = require('../../../analysis/rules');
  const gate = new CheckRun({ today: TODAY });
  // What the tenants' objects rely on; without it the rules refuse them. It is made beforehand: it does not grow with them.
  const platform: readonly unknown[] = JSON.parse(readFileSync(join(job.input, 'platform.json'), 'utf8'));
  gate.add(platform);
  const objects = write(job, gate);
  const { subjects, problems } = gate.finish();
  const [first] = problems;
  const said = { objects, subjects, problems: problems.length };
  return first === undefined ? said : { ...said, first: formatProblem(first) };
}

function write({ count, out, facts }: Job, gate: CheckRun | undefined): number {
  const platform = new Platform();
  provideClusterFacts(platform, facts);
  const chart = new Chart(platform, 'tenants');
  for (const member of members(count)) new SecureTenant(chart, member.name, markParsed(specOf(member)));
  let written = 0;
  for (const tenant of chart.node.children) {
    const objects = leavesOf(tenant).flatMap(manifestsOf);
    gate?.add(objects);
    writeFileSync(join(out, `${tenant.node.id}.yaml`), emitYaml(objects));
    written += objects.length;
  }
  return written;
}
