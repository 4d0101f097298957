import { App, Chart } from 'cdk8s';
import { provideClusterFacts } from '../../../constructs/core/cluster-facts';
import { SecureTenant } from '../../../constructs/tenant/secure-tenant';
import { markParsed } from '../../../constructs/tenant/tenant-spec';
import { members, specOf } from '../../support/population';
import type { Job, Said } from '../job';

/** Stock cdk8s with the same constructs, a chart per tenant: `App.synth()`. */
export function chartPerTenant(job: Job): Said {
  const app = appFor(job);
  for (const member of members(job.count)) {
    new SecureTenant(new Chart(app, member.name), member.name, markParsed(specOf(member)));
  }
  app.synth();
  return {};
}

/** Stock cdk8s with the same constructs in one chart and one file: its best case. */
export function oneChart(job: Job): Said {
  const chart = new Chart(appFor(job), 'tenants');
  for (const member of members(job.count)) new SecureTenant(chart, member.name, markParsed(specOf(member)));
  App.of(chart).synth();
  return {};
}

function appFor({ out, facts }: Job): App {
  const app = new App({ outdir: out });
  provideClusterFacts(app, facts);
  return app;
}
