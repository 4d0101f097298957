import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { assault } from '../../cluster/attack/assault';
import { assaultPage } from '../../cluster/attack/html';
import { type AssaultReport, reportOf } from '../../cluster/attack/report';
import type { ConnectOptions, connect } from '../../cluster/client/cluster';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { attackText } from '../text/attack';
import { environmentTarget } from './target';
import { writeOrThrow } from './write';

/** Options of `drun attack`. */
export interface AttackFlags {
  readonly environment?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly tenant?: string;
  readonly sweep?: boolean;
  readonly html?: string;
}

/** Attacks the clusters that were named, one after the other, and writes nothing to any of them. */
export async function attack(flags: AttackFlags, context: Context): Promise<CommandResult> {
  const reports: AssaultReport[] = [];
  for (const target of targets(flags, context)) reports.push(await attackOne(target, flags, context));
  const { html } = flags;
  if (html !== undefined) {
    const file = resolve(context.host.cwd, html);
    writeOrThrow(file, () => writeFileSync(file, assaultPage(reports)));
  }
  const findings = reports.flatMap(({ problems }) => problems);
  return {
    exit: findings.length === 0 ? EXIT.ok : EXIT.findings,
    json: { clusters: reports.map(({ problems, ...report }) => ({ ...report, findings: problems.length })) },
    text: (paint) => attackText(reports, html, paint),
    findings,
  };
}

/** The contexts of an environment's regions, or the one that was named, or the kubeconfig's own. */
function targets(flags: AttackFlags, context: Context): readonly ConnectOptions[] {
  const { environment, kubeconfig, context: named } = flags;
  const file = kubeconfig === undefined ? {} : { kubeconfig: resolve(context.host.cwd, kubeconfig) };
  if (named !== undefined) return [{ ...file, context: named }];
  if (environment === undefined) return [file];
  const { regions } = environmentTarget(environment, undefined, context).environment;
  return regions.map((region) => ({ ...file, context: region.context ?? region.name }));
}

async function attackOne(target: ConnectOptions, flags: AttackFlags, { progress }: Context): Promise<AssaultReport> {
  const client: { connect: typeof connect } = require('../../cluster/client/cluster');
  const attacks: { assault: typeof assault } = require('../../cluster/attack/assault');
  const cluster = await client.connect(target);
  try {
    const { tenant, sweep = true } = flags;
    const options = { sweep, onProgress: progress };
    return reportOf(await attacks.assault(cluster, tenant === undefined ? options : { ...options, tenant }));
  } finally {
    cluster.close();
  }
}
