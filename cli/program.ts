import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { PACKAGE_ROOT } from '../stacks/synth/fingerprint';
import {
  common,
  examples,
  kubeconfigOption,
  lazy,
  listOption,
  type Runner,
  repeatedOption,
  tenantsOption,
  todayOption,
} from './command-options';
import { EXIT_TEXTS } from './exit';
import { addVault } from './vault-program';

/**
 * The commands of `drun`, their arguments, options and examples: what the help, the reference in docs/cli.md and the
 * parser are made from. Nothing that a command needs is loaded here.
 */
export function program(run: Runner): Command {
  const drun = new Command('drun')
    .description('synthesize, check, prove and preview a multi-tenant AI platform on Kubernetes; no cluster is needed')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', () => `\n${exitCodeHelp()}`)
    .showSuggestionAfterError(true);
  addPreview(drun, run);
  addSynth(drun, run);
  addCheck(drun, run);
  addProve(drun, run);
  addEvidence(drun, run);
  addUp(drun, run);
  addDown(drun, run);
  addDrift(drun, run);
  addResume(drun, run);
  addAttack(drun, run);
  addVault(drun, run);
  addTenant(drun, run);
  addExplain(drun, run);
  addSchema(drun, run);
  return drun;
}

/** The table of exit codes as the help shows it. */
export function exitCodeHelp(): string {
  return ['Exit codes:', ...EXIT_TEXTS.map(([code, text]) => `  ${code}  ${text}`)].join('\n');
}

function addPreview(drun: Command, run: Runner): void {
  common(drun.command('preview'), 'synthesize, check and prove, and show what changed: all environments, or one')
    .argument('[environment]', 'dev, staging or prod; all of them when left out')
    .option(
      '--against <ref|dir>',
      'compare with the tenants of a commit, rendered with the present code, or with a folder of rendered YAML (default: HEAD)',
    )
    .option('--full', 'list every object, also those of tenants that are new or gone')
    .option('--exit-code', 'exit with 4 where something changed')
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText(
      'after',
      examples(
        'drun preview',
        'drun preview prod --against origin/main',
        'drun preview prod --against dist/prod --exit-code',
      ),
    )
    .action((environment: string | undefined, flags: object) =>
      run('preview', () => lazy<typeof import('./commands/preview')>('./commands/preview').preview, {
        ...flags,
        environment,
      }),
    );
}

function addSynth(drun: Command, run: Runner): void {
  common(drun.command('synth'), 'write an environment as YAML: a folder per region, a file per layer and per tenant')
    .argument('<environment>', 'dev, staging or prod')
    .option('-o, --out <dir>', 'folder to write to (default: dist/<environment>)')
    .option('--no-cache', 'build everything again')
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText(
      'after',
      examples('drun synth prod', 'drun synth prod --out /tmp/prod && kubectl diff -R -f /tmp/prod/eu-central-1'),
    )
    .action((environment: string, flags: object) =>
      run('synth', () => lazy<typeof import('./commands/synth')>('./commands/synth').synthCommand, {
        cache: true,
        ...flags,
        environment,
      }),
    );
}

function addCheck(drun: Command, run: Runner): void {
  common(drun.command('check'), 'hold every object of every region against the rules')
    .argument('<environment|dir>', 'an environment, or any directory of YAML')
    .addOption(listOption('--rule <id>', 'only this rule'))
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText('after', examples('drun check prod', 'drun check ./manifests --rule DRN111', 'drun check prod --json'))
    .action((target: string, flags: object) =>
      run('check', () => lazy<typeof import('./commands/check')>('./commands/check').check, { ...flags, target }),
    );
}

function addProve(drun: Command, run: Runner): void {
  common(
    drun.command('prove'),
    'prove what tenants can reach and what rights they can come to, over all pods that may ever exist',
  )
    .argument('<environment|dir>', 'an environment, or any directory of YAML with its address ranges as options')
    .addOption(listOption('--pod-cidr <cidr>', 'for a directory: addresses of pods'))
    .addOption(listOption('--service-cidr <cidr>', 'for a directory: addresses of services'))
    .addOption(listOption('--node-cidr <cidr>', 'for a directory: addresses of nodes'))
    .addOption(listOption('--api-server-cidr <cidr>', 'for a directory: addresses of the API server'))
    .option('--trust-domain <domain>', 'for a directory: trust domain of the mesh', 'cluster.local')
    .addOption(
      repeatedOption(
        '--declare <path>',
        'for a directory: a path that tenants agreed to, as FROM:TO/NAMESPACE:PORT[,PORT], such as acme:beta/beta-serve:8443',
      ),
    )
    .addOption(tenantsOption())
    .addHelpText(
      'after',
      examples(
        'drun prove prod',
        'drun prove ./manifests --pod-cidr 10.0.0.0/14 --service-cidr 10.96.0.0/16 --node-cidr 172.16.0.0/16 --api-server-cidr 172.16.0.10/32',
      ),
    )
    .action((target: string, flags: object) =>
      run('prove', () => lazy<typeof import('./commands/prove')>('./commands/prove').prove, { ...flags, target }),
    );
}

function addEvidence(drun: Command, run: Runner): void {
  common(
    drun.command('evidence'),
    'join every promise to what makes it true: constructs, objects, rules and proofs, run now',
  )
    .argument('<environment>', 'dev, staging or prod')
    .option('-o, --out <file>', 'write the JSON document to a file')
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText('after', examples('drun evidence prod', 'drun evidence prod --out evidence.json'))
    .action((environment: string, flags: object) =>
      run('evidence', () => lazy<typeof import('./commands/evidence')>('./commands/evidence').evidence, {
        ...flags,
        environment,
      }),
    );
}

function addUp(drun: Command, run: Runner): void {
  common(
    drun.command('up'),
    'deploy an environment: with Pulumi, stack by stack, or directly to the API servers of a kubeconfig',
  )
    .argument('<environment>', 'dev, staging or prod')
    .addOption(
      new Option(
        '--engine <engine>',
        'pulumi keeps a state; direct applies the objects itself, in the same order, and keeps none; local starts control planes on this machine and applies to them (default: direct with --kubeconfig, else pulumi; local for dev where there is no pulumi)',
      ).choices(['pulumi', 'direct', 'local']),
    )
    .addOption(kubeconfigOption())
    .option('--dry-run', 'ask what would change, and change nothing')
    .addOption(listOption('--unprotect <tenant>', 'direct: a tenant whose namespaces and volumes may go'))
    .option('--force', 'pulumi: update also the stacks that hold their content already')
    .option('--keep-going', 'pulumi: start the other tenant stacks also after one has failed')
    .option(
      '--concurrency <number>',
      'pulumi: tenant stacks at the same time (default: 2); direct: objects of one cluster (default: 8)',
    )
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText('after', examples('drun up dev', 'drun up prod --dry-run', 'drun up dev --kubeconfig ~/.kube/config'))
    .action((environment: string, flags: object) =>
      run('up', () => lazy<typeof import('./commands/up')>('./commands/up').up, { ...flags, environment }),
    );
}

function addDown(drun: Command, run: Runner): void {
  common(drun.command('down'), 'remove from the clusters what `drun up --engine direct` made, the last layer first')
    .argument('<environment>', 'dev, staging or prod')
    .option('--confirm <environment>', 'the name once more: namespaces go with everything that is in them')
    .addOption(kubeconfigOption())
    .option('--dry-run', 'say what would go, and remove nothing')
    .option('--concurrency <number>', 'objects of one cluster at the same time (default: 8)')
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText('after', examples('drun down dev --dry-run', 'drun down dev --confirm dev'))
    .action((environment: string, flags: object) =>
      run('down', () => lazy<typeof import('./commands/down')>('./commands/down').down, { ...flags, environment }),
    );
}

function addDrift(drun: Command, run: Runner): void {
  common(
    drun.command('drift'),
    'compare the clusters with the files: what is missing, what was changed or added by others, and what that opens',
  )
    .argument('<environment>', 'dev, staging or prod')
    .addOption(kubeconfigOption())
    .addOption(tenantsOption())
    .addOption(todayOption())
    .addHelpText('after', examples('drun drift prod', 'drun drift dev --kubeconfig ~/.kube/config --json'))
    .action((environment: string, flags: object) =>
      run('drift', () => lazy<typeof import('./commands/drift')>('./commands/drift').driftCommand, {
        ...flags,
        environment,
      }),
    );
}

function addResume(drun: Command, run: Runner): void {
  common(
    drun.command('resume'),
    'after an interrupted `pulumi up`: take objects that were made, and are provably the stack’s own, into its state',
  )
    .argument('<stack>', 'a stack of Pulumi, such as prod or prod-tenants-00')
    .addOption(kubeconfigOption())
    .option('--dry-run', 'say what would be done, and leave the state as it is')
    .addHelpText('after', examples('drun resume prod-tenants-00 --dry-run', 'drun resume prod-tenants-00'))
    .action((stack: string, flags: object) =>
      run('resume', () => lazy<typeof import('./commands/resume')>('./commands/resume').resumeCommand, {
        ...flags,
        stack,
      }),
    );
}

function addAttack(drun: Command, run: Runner): void {
  common(
    drun.command('attack'),
    'attack a cluster that the platform is applied to, as a hostile tenant would; dry runs only, nothing is written',
  )
    .option('--kubeconfig <file>', 'kubeconfig of somebody who may impersonate (default: where kubectl looks)')
    .option('--context <context>', 'context of the kubeconfig (default: its current one)')
    .option('--environment <environment>', 'attack the clusters of all regions of dev, staging or prod')
    .option('--tenant <name>', 'tenant that attacks (default: the one with most to try)')
    .option('--no-sweep', 'leave out the sweep over every right, which takes most of the time')
    .option('--html <file>', 'write a report as one page')
    .addHelpText(
      'after',
      examples(
        'drun attack',
        'drun attack --environment dev --html attacks.html',
        'drun attack --kubeconfig kubeconfig --context eu-central-1 --tenant acme --json',
      ),
    )
    .action((flags: object) =>
      run('attack', () => lazy<typeof import('./commands/attack')>('./commands/attack').attack, { ...flags }),
    );
}

function addTenant(drun: Command, run: Runner): void {
  const tenant = drun.command('tenant').description('write and list the files of tenants');
  addTenantNew(tenant, run);
  addTenantList(tenant, run);
}

function addTenantNew(tenant: Command, run: Runner): void {
  common(tenant.command('new'), 'write the file of a new tenant: commented, valid, and never over another one')
    .argument('<name>', 'name of the tenant: lower-case letters, digits and dashes')
    .option('--env <environment>', 'environment it belongs to', 'dev')
    .option('--owner <owner>', 'who answers for it: an address or a group (default: <name>-owners)')
    .addOption(
      new Option('--trust <level>', 'how far its work is trusted')
        .choices(['trusted', 'standard', 'untrusted'])
        .default('untrusted'),
    )
    .addOption(
      new Option('--scenario <scenario>', 'what it is here for')
        .choices(['compute-leasing', 'model-service', 'ai-application'])
        .default('compute-leasing'),
    )
    .option('--gpu <mode:count>', 'GPUs and how they are isolated: whole:4, mig:1g.10gb:8, kata:2, confidential:snp:1')
    .addOption(listOption('--region <region>', 'region it lands in (default: the first active one)'))
    .addOption(tenantsOption())
    .addHelpText(
      'after',
      examples(
        'drun tenant new acme',
        'drun tenant new acme --env prod --trust standard --gpu whole:4 --region eu-central-1',
      ),
    )
    .action((name: string, flags: object) =>
      run('tenant new', () => lazy<typeof import('./commands/tenant-new')>('./commands/tenant-new').tenantNew, {
        ...flags,
        name,
      }),
    );
}

function addTenantList(tenant: Command, run: Runner): void {
  common(tenant.command('list'), 'list the tenants of an environment')
    .argument('<environment>', 'dev, staging or prod')
    .addOption(tenantsOption())
    .action((environment: string, flags: object) =>
      run('tenant list', () => lazy<typeof import('./commands/tenant-list')>('./commands/tenant-list').tenantList, {
        ...flags,
        environment,
      }),
    );
}

function addExplain(drun: Command, run: Runner): void {
  common(drun.command('explain'), 'say what a code means, why it matters and what to do; without a code, list all')
    .argument('[code]', 'a code such as IN001, DRN101 or PRV001, or a control such as NET-4')
    .addHelpText('after', examples('drun explain PRV001', 'drun explain NET-4'))
    .action((code: string | undefined, flags: object) =>
      run('explain', () => lazy<typeof import('./commands/explain')>('./commands/explain').explain, { ...flags, code }),
    );
}

function addSchema(drun: Command, run: Runner): void {
  common(drun.command('schema'), 'print the JSON Schema that lets an editor complete and check a file')
    .argument('<kind>', 'tenant or environment')
    .option('-o, --out <file>', 'write it to a file')
    .addHelpText('after', examples('drun schema tenant --out tenant.schema.json'))
    .action((kind: string, flags: object) =>
      run('schema', () => lazy<typeof import('./commands/schema')>('./commands/schema').schema, { ...flags, kind }),
    );
}

function version(): string {
  const { version: text }: { version: string } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  return text;
}
