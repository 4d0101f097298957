import { join } from 'node:path';
import type { IConstruct } from 'constructs';
import type { CheckReport, CheckRun } from '../../analysis/rules';
import { tenantsLayer } from '../../charts/tenants';
import { leavesOf, manifestsOf } from '../../constructs/core/leaves';
import { outsideManifestsOf } from '../../constructs/core/outside-manifest';
import type { Platform } from '../../constructs/core/platform';
import type { Problem } from '../../constructs/core/problem';
import { vaultManifestsOf } from '../../constructs/core/vault-manifest';
import { environmentNamed } from '../environments';
import { gateOf, gateProblems, treeProblems } from '../gate';
import { type Plan, type PlannedRegion, type PlannedTenant, planEnvironment, planProblems } from '../plan';
import { type DeliveredLayer, deliveryFiles } from '../sinks/gitops/delivery';
import { parseTenant, type TenantSource } from '../spec/tenant-source';
import { buildTree } from '../tree';
import { emitYaml } from '../yaml/emit';
import type { Input } from './inputs';
import { hostFilePath, layerFile, layerLabel, tenantFile } from './layout';
import { LEDGER_FILE, type Ledger, type WrittenFile, writeJson } from './ledger';
import { isUntouched, Output } from './output';
import { RecordsWriter, readRecords, type TenantRecord } from './records';
import type { SynthOptions, SynthResult } from './synth';

/** A tenant on its way to the output: parsed from its file, or taken over from an earlier synth. */
interface Candidate {
  readonly input: Input;
  readonly source: TenantSource;
  readonly known?: TenantRecord;
}

/** A tenant with what was made of it so far. */
interface RenderedTenant extends Candidate {
  readonly files: WrittenFile[];
  /** Until the tenant is complete: then it goes to the records. */
  checked: Record<string, TenantRecord['checked'][string]>;
}

/** Builds, checks and writes what changed; see `synth`. */
export function render(
  options: SynthOptions,
  inputs: readonly Input[],
  fingerprint: string,
  ledger: Ledger | undefined,
): SynthResult {
  try {
    return renderUpon(options, inputs, fingerprint, ledger);
  } catch (error) {
    if (!(error instanceof StaleRecords)) throw error;
    return renderUpon(options, inputs, fingerprint, undefined);
  }
}

function renderUpon(
  options: SynthOptions,
  inputs: readonly Input[],
  fingerprint: string,
  ledger: Ledger | undefined,
): SynthResult {
  const environment = environmentNamed(options.environment);
  const records = ledger === undefined ? new Map<string, TenantRecord>() : readRecords(options.out);
  const read = inputs.map((input) => candidateOf(input, ledger, records, options.out));
  const candidates = read.flatMap((one) => ('source' in one ? [one] : []));
  const plan = planEnvironment(
    environment,
    candidates.map(({ source }) => source),
  );
  const unread = read.flatMap((one) => ('problems' in one ? one.problems : []));
  const problems = [...unread, ...planProblems(plan, unread)];
  if (problems.length > 0) return refused(problems, plan);
  const known =
    ledger === undefined ? [] : [...ledger.platform, ...Object.values(ledger.tenants).flatMap(({ files }) => files)];
  return new Rendering(options, plan, new Output(options.out, known), candidates).finish(fingerprint);
}

function candidateOf(
  input: Input,
  ledger: Ledger | undefined,
  records: ReadonlyMap<string, TenantRecord>,
  out: string,
): Candidate | { readonly problems: readonly Problem[] } {
  const written = ledger?.tenants[input.name];
  const known = records.get(input.name);
  if (
    known !== undefined &&
    written?.sha256 === input.sha256 &&
    written.files.every((file) => isUntouched(out, file))
  ) {
    return { input, source: { file: input.path, outline: known.outline }, known };
  }
  const parsed = parseTenant(input.bytes, input.path);
  return 'problems' in parsed ? parsed : { input, source: parsed.source };
}

function refused(problems: readonly Problem[], { environment, tenants }: Plan): SynthResult {
  const none = { objects: 0, tenantsBuilt: 0, filesWritten: 0, filesRemoved: 0, filesUnchanged: 0 };
  return { problems, regions: environment.regions.length, tenants: tenants.length, ...none };
}

/** One pass over the tree: every object is made once, checked, written and forgotten. */
class Rendering {
  private readonly tree: Platform;
  private readonly platform: WrittenFile[] = [];
  private readonly rendered: ReadonlyMap<string, RenderedTenant>;
  private readonly problems: Problem[];
  private readonly reports: { readonly region: string; readonly report: CheckReport }[] = [];
  private readonly records: RecordsWriter;
  private objects = 0;

  constructor(
    private readonly options: SynthOptions,
    private readonly plan: Plan,
    private readonly output: Output,
    candidates: readonly Candidate[],
  ) {
    this.tree = buildTree(plan);
    this.rendered = new Map(candidates.map((one) => [one.source.outline.name, { ...one, files: [], checked: {} }]));
    this.problems = [...treeProblems(this.tree, options.today)];
    this.records = new RecordsWriter(options.out);
  }

  finish(fingerprint: string): SynthResult {
    try {
      for (const planned of this.plan.regions) this.region(planned);
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.problems.push(...gateProblems(this.reports));
    if (this.problems.length > 0) {
      this.abandon();
      return refused(this.problems, this.plan);
    }
    const filesWritten = this.output.changed;
    const filesRemoved = this.output.commit();
    this.remember(fingerprint);
    const tenants = [...this.rendered.values()];
    return {
      problems: [],
      regions: this.plan.regions.length,
      tenants: tenants.length,
      objects: this.objects,
      tenantsBuilt: tenants.filter(({ known }) => known === undefined).length,
      filesWritten,
      filesRemoved,
      filesUnchanged: tenants.reduce((sum, { files }) => sum + files.length, this.platform.length) - filesWritten,
    };
  }

  private abandon(): void {
    this.output.abandon();
    this.records.abandon();
  }

  private region({ region, tenants }: PlannedRegion): void {
    const gate = gateOf(this.plan.environment, this.options.today);
    const cluster = this.tree.node.findChild(region.name);
    const layers: DeliveredLayer[] = [];
    for (const chart of cluster.node.children) {
      if (chart.node.id === tenantsLayer.name) this.tenants(region.name, chart, tenants, gate);
      else layers.push(this.layer(region.name, chart, gate));
    }
    for (const { path, documents } of deliveryFiles(this.plan.environment, {
      region: region.name,
      layers,
      tenants: tenants.length > 0,
    })) {
      this.platform.push(this.output.put(path, emitYaml(documents)));
    }
    this.reports.push({ region: region.name, report: gate.finish() });
  }

  private layer(region: string, chart: IConstruct, gate: CheckRun): DeliveredLayer {
    const leaves = leavesOf(chart);
    const objects = leaves.flatMap(manifestsOf);
    this.objects += objects.length;
    gate.add([...objects, ...leaves.flatMap(vaultManifestsOf), ...leaves.flatMap(outsideManifestsOf)]);
    const name = chart.node.id;
    const file = layerFile(region, name);
    if (objects.length > 0) this.platform.push(this.output.put(file, emitYaml(objects)));
    for (const leaf of leaves) {
      if (leaf.type !== 'host-file') continue;
      const { path, content } = leaf.construct.file;
      this.platform.push(this.output.put(hostFilePath(region, path), emitYaml([content])));
    }
    const releases = leaves.flatMap((leaf) => (leaf.type === 'release' ? [leaf.construct.release] : []));
    return { name, label: layerLabel(name), releases, ...(objects.length > 0 ? { file } : {}) };
  }

  private tenants(region: string, chart: IConstruct, tenants: readonly PlannedTenant[], gate: CheckRun): void {
    tenants.forEach(({ source, regions }, i) => {
      const { name } = source.outline;
      const tenant = this.rendered.get(name);
      if (tenant === undefined) return;
      if (tenant.known === undefined) this.build(region, tenant, chart.node.findChild(name), gate);
      else this.takeOver(region, tenant, tenant.known, gate);
      if (Object.keys(tenant.checked).length === new Set(regions).size) this.complete(tenant);
      this.options.onProgress?.(i + 1, tenants.length, `${region}/${name}`);
    });
  }

  private build(region: string, tenant: RenderedTenant, construct: IConstruct, gate: CheckRun): void {
    const leaves = leavesOf(construct);
    const objects = leaves.flatMap(manifestsOf);
    this.objects += objects.length;
    const record = gate.add([...objects, ...leaves.flatMap(vaultManifestsOf)]);
    tenant.checked[region] = { objects: objects.length, record };
    tenant.files.push(this.output.put(tenantFile(region, tenant.source.outline.name), emitYaml(objects)));
  }

  private takeOver(region: string, tenant: RenderedTenant, known: TenantRecord, gate: CheckRun): void {
    const checked = known.checked[region];
    if (checked === undefined || !gate.addRecord(checked.record)) throw new StaleRecords();
    this.objects += checked.objects;
    tenant.checked[region] = checked;
    for (const file of known.files) {
      if (file.path !== tenantFile(region, tenant.source.outline.name)) continue;
      tenant.files.push(file);
      this.output.keep(file);
    }
  }

  private complete(tenant: RenderedTenant): void {
    const { input, source, files, checked } = tenant;
    this.records.add(input.name, { outline: source.outline, files, checked });
    tenant.checked = {};
  }

  private remember(fingerprint: string): void {
    const { out } = this.options;
    const tenants = [...this.rendered.values()];
    this.records.commit();
    const ledger: Ledger = {
      fingerprint,
      environment: this.plan.environment.name,
      objects: this.objects,
      platform: this.platform,
      tenants: Object.fromEntries(tenants.map(({ input, files }) => [input.name, { sha256: input.sha256, files }])),
    };
    writeJson(join(out, LEDGER_FILE), ledger);
  }
}

/** The records beside an output do not belong to it; the output is then made from scratch. */
class StaleRecords extends Error {}
