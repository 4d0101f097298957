/** A program that one of the pinned Go modules builds. */
export interface GoProgram {
  /** Name of the program, and of its file. */
  readonly name: string;
  /** Folder under `tools/` with the `go.mod` that pins it. */
  readonly module: string;
  /** What is built: an import path, or `.` for the module's own main package. */
  readonly builds: string;
  /** Go module whose version is the program's; absent where the program is our own. */
  readonly versionOf?: string;
  /** Variables that the linker sets; `%` stands for the version. */
  readonly variables: Readonly<Record<string, string>>;
  /** How a program that is already there is asked for its version; without it only what was built here is used. */
  readonly ask?: { readonly args: readonly string[]; readonly answer: RegExp };
  /** Files that its main package embeds and that a required Go module holds: the build lays them over our folder. */
  readonly embeds?: EmbeddedFiles;
}

/** Files of a Go module. */
export interface EmbeddedFiles {
  /** Go module that `go.mod` requires. */
  readonly from: string;
  readonly folder: string;
  readonly files: readonly string[];
}

const KUBERNETES_VERSION = {
  'k8s.io/component-base/version.gitVersion': 'v%',
  'k8s.io/component-base/version.gitMajor': '%major',
  'k8s.io/component-base/version.gitMinor': '%minor',
} as const;

const PULUMI_VERSION = { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': '%' } as const;

const KUBERNETES_PLUGIN = 'github.com/pulumi/pulumi-kubernetes/provider/v4';

/** Every program that tests and local control planes run, in the order in which they are wanted. */
export const GO_PROGRAMS = [
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
] as const satisfies readonly GoProgram[];

/** Name of a program of {@link GO_PROGRAMS}. */
export type ToolName = (typeof GO_PROGRAMS)[number]['name'];

/** Folder under `tools/` that pins modules of which only files are used: definitions of custom resources, fixtures. */
export const PUBLISHED = 'published';

/** Whether there is a program of that name. */
export function isToolName(text: string): text is ToolName {
  return GO_PROGRAMS.some(({ name }) => name === text);
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
