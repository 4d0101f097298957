import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { type Problem, ProblemError, show } from '../../constructs/core/problem';
import { planInputs } from '../../stacks/load';
import { COMMAND_CODES } from '../../stacks/spec/command-codes';
import type { Environment } from '../../stacks/spec/environment';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { readInputs } from '../../stacks/synth/inputs';
import { type NewTenant, readGpuOption, tenantTemplate } from '../../stacks/tenant-template';
import { EXIT } from '../exit';
import { errorCode } from '../host';
import type { CommandResult, Context } from '../result';
import { shortest } from '../text/words';
import { environmentTarget } from './target';
import { writeOrThrow } from './write';

/** Options of `drun tenant new`. */
export interface TenantNewFlags {
  readonly name: string;
  readonly env?: string;
  readonly owner?: string;
  readonly trust?: string;
  readonly scenario?: string;
  readonly gpu?: string;
  readonly region?: readonly string[];
  readonly tenants?: string;
}

/** Writes the file of a new tenant, once it is known to be valid among the others. */
export function tenantNew(flags: TenantNewFlags, context: Context): CommandResult {
  const { cwd } = context.host;
  const { environment, tenants } = environmentTarget(flags.env ?? 'dev', flags.tenants, context);
  // A name that is no name of a tenant must not become a path; the schema says what is wrong with it.
  const file = join(tenants, `${/^[\w-]{1,40}$/.test(flags.name) ? flags.name : 'tenant'}.yaml`);
  const wrongGpu = flags.gpu === undefined ? undefined : readGpuOption(flags.gpu);
  if (wrongGpu !== undefined) throw new ProblemError([wrongGpu]);
  if (existsSync(file)) throw taken(file);
  const text = tenantTemplate(newTenant(flags, file));
  const problems = problemsOf(environment, tenants, file, text);
  if (problems.length > 0) throw new ProblemError(problems);
  writeOrThrow(file, () => writeNew(file, text));
  const next = `drun preview ${environment.name}`;
  return {
    exit: EXIT.ok,
    json: { environment: environment.name, tenant: flags.name, file, next },
    text: (paint) =>
      `${paint.bold(shortest(file, cwd))} written\nnext: edit it, then see what it changes with ${paint.note(`\`${next}\``)}\n`,
  };
}

function newTenant({ name, owner, trust, scenario, gpu, region }: TenantNewFlags, file: string): NewTenant {
  const schema = relative(dirname(file), join(PACKAGE_ROOT, 'schemas', 'tenant.schema.json'))
    .split(sep)
    .join('/');
  const inside = file.startsWith(`${PACKAGE_ROOT}${sep}`) || !file.startsWith(sep);
  return {
    name,
    owner: owner ?? `${name}-owners`,
    trust: trust ?? 'untrusted',
    scenario: scenario ?? 'compute-leasing',
    ...(gpu === undefined ? {} : { gpu }),
    ...(region === undefined ? {} : { regions: region }),
    ...(inside ? { schema } : {}),
  };
}

/** What speaks against the file, by itself and among the other tenants. Nobody has written it, so there is no place in it. */
function problemsOf(environment: Environment, tenants: string, file: string, text: string): readonly Problem[] {
  const others = readInputs(tenants);
  const work = mkdtempSync(join(tmpdir(), 'drun-tenant-'));
  const draft = join(work, 'tenant.yaml');
  try {
    // Places of mistakes are read from the file again, so that the draft has to be one.
    writeFileSync(draft, text);
    const bytes = Buffer.from(text);
    planInputs(environment, [
      ...others,
      { name: file, path: draft, bytes, sha256: hash('sha256', bytes, 'base64url') },
    ]);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problems.map((problem) => {
      if (problem.place?.file !== draft) return problem;
      const { place: _, ...rest } = problem;
      return rest;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes only where there is no file yet; two people at once cannot overwrite each other. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw taken(file);
  }
}

function taken(file: string): ProblemError {
  const { remedy } = COMMAND_CODES.CLI004;
  return new ProblemError([
    {
      code: 'CLI004',
      path: '<name>',
      given: `${show(file)}, which exists`,
      expected: 'a file that does not exist yet',
      remedy,
    },
  ]);
}
