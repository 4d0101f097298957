import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostFileProps } from '../../constructs/core/host-file';
import { ProblemError } from '../../constructs/core/problem';
import { provideTools } from '../../tools/provide';
import { controlPlaneFlags } from './flags';
import { newFolder, writeHostFiles, writeKubeconfig } from './host-root';
import type { Endpoint } from './https';
import { createNodes } from './nodes';
import { Part, type PartName, type PartProps } from './part';
import {
  apiServer,
  controllerManager,
  etcd,
  isListening,
  type KeyService,
  keyService,
  localUrl,
  type Site,
  scheduler,
} from './parts';
import { createPki } from './pki';
import { freePorts } from './ports';
import { localError } from './problem';

/** What a control plane is made of. */
export interface ControlPlaneOptions {
  /** The platform's host files of one region, as they ship. */
  readonly hosts: readonly HostFileProps[];
  /** @default - a new folder in the system's folder for temporary files */
  readonly folder?: string;
  /** Name of the context in the kubeconfig. @default local */
  readonly name?: string;
  /** Runs the controllers: garbage collection, quotas, type checking of admission policies. @default false */
  readonly controllers?: boolean;
  /** @default false */
  readonly scheduler?: boolean;
  /** Nodes that say that they are ready, and run nothing. @default 0 */
  readonly nodes?: number;
  /** The program behind the socket that the API server's encryption names. @default - one whose key lies in a file beside it */
  readonly keyService?: KeyService;
  /** Variables of the API server, such as HTTPS_PROXY and SSL_CERT_FILE on the way to an issuer. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A control plane on this machine. */
export interface ControlPlane {
  readonly name: string;
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  readonly folder: string;
  readonly auditLog: string;
  /** The API server with all rights, for callers that need no kubeconfig. */
  readonly admin: Endpoint;
  /** The store behind the API server, as the API server reaches it. */
  readonly store: Endpoint;
  /** Names of the parts that run, in the order of their start. */
  readonly parts: readonly PartName[];
  /** Process id of a part while it runs. */
  pid(part: PartName): number | undefined;
  /** Path of what a part says. */
  log(part: PartName): string;
  /** Ends a part at once, as a crash would. */
  kill(part: PartName): Promise<void>;
  /** Starts a part again, after ending it where it still runs, and waits until it works. */
  restart(part: PartName): Promise<void>;
  /** Ends every part. The folder stays with logs and audit events; the store goes, and the key that opens it. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane of etcd, a key service and the API server with the platform's own host files, in a folder and on
 * ports of its own, so that several run at once. Nothing outlives the process that called. Throws a `ProblemError` where a
 * tool is missing (TL007), a setting (LC001), or a part does not come up (LC002).
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { name = 'local', hosts } = options;
  const site = await prepare(options);
  if (await isListening(site.flags.kmsSocket)) {
    throw localError(
      'LC004',
      site.flags.kmsSocket,
      'a key service that answers already',
      'a socket that nobody listens at',
    );
  }
  const parts = partsOf(site, options).map((props) => new Part(props));
  const kubeconfig = join(site.folder, 'kubeconfig');
  const url = localUrl(site.ports.apiServer);
  writeHostFiles(hosts, site.root);
  writeKubeconfig(kubeconfig, name, url, site.pki.authority, site.pki.admin);
  const admin = { url, authority: site.pki.authority.certificate, client: site.pki.admin };
  try {
    await startInOrder(parts);
    await createNodes(admin, options.nodes ?? 0);
  } catch (error) {
    await stopInOrder(parts);
    throw error;
  }
  const { etcd: own, etcdIdentity: client } = site.pki;
  const store = { url: localUrl(site.ports.etcd), authority: own.authority.certificate, client };
  return {
    name,
    kubeconfig,
    folder: site.folder,
    auditLog: site.flags.auditLog,
    admin,
    store,
    ...handles(parts, site.folder),
  };
}

async function prepare({
  hosts,
  folder: wanted,
  controllers,
  scheduler: schedules,
  env,
  keyService: service,
}: ControlPlaneOptions): Promise<Site> {
  const names = [
    ...(service === undefined ? ['local-kms'] : []),
    'etcd',
    'kube-apiserver',
    ...(controllers === true ? ['kube-controller-manager'] : []),
    ...(schedules === true ? ['kube-scheduler'] : []),
  ];
  const tools = await provideTools(names, { build: false });
  const folder = newFolder(wanted);
  const root = join(folder, 'root');
  const flags = controlPlaneFlags(hosts, root);
  const [etcdPort = 0, peer = 0, api = 0, manager = 0, schedulerPort = 0] = await freePorts(5);
  for (const path of [flags.auditLog, flags.kmsSocket, join(folder, 'logs', 'x')])
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return {
    folder,
    root,
    flags,
    ports: { etcd: etcdPort, peer, apiServer: api, controllerManager: manager, scheduler: schedulerPort },
    pki: await createPki(root, localUrl(api)),
    programs: new Map([...tools.values()].map(({ name, path }) => [name, path])),
    apiServerEnv: env ?? {},
    ...(service === undefined ? {} : { keyService: service }),
  };
}

function partsOf(site: Site, { controllers, scheduler: schedules }: ControlPlaneOptions): readonly PartProps[] {
  return [
    keyService(site),
    etcd(site),
    apiServer(site),
    ...(controllers === true ? [controllerManager(site)] : []),
    ...(schedules === true ? [scheduler(site)] : []),
  ];
}

/** The key service and the store first, then who needs them. */
async function startInOrder(parts: readonly Part[]): Promise<void> {
  const [kms, store, server, ...others] = parts;
  await Promise.all([kms?.start(), store?.start()]);
  await server?.start();
  await Promise.all(others.map((part) => part.start()));
}

async function stopInOrder(parts: readonly Part[]): Promise<void> {
  const [kms, store, server, ...others] = parts;
  await Promise.all(others.map((part) => part.stop()));
  await server?.stop();
  await Promise.all([kms?.stop(), store?.stop()]);
}

function handles(
  parts: readonly Part[],
  folder: string,
): Pick<ControlPlane, 'parts' | 'pid' | 'log' | 'kill' | 'restart' | 'stop'> {
  const partOf = (name: PartName): Part => {
    const found = parts.find((part) => part.name === name);
    if (found !== undefined) return found;
    const there = parts.map((part) => part.name).join(', ');
    throw new ProblemError(localError('LC002', name, 'a part that was not asked for', `one of ${there}`).problems);
  };
  return {
    parts: parts.map(({ name }) => name),
    pid: (name) => partOf(name).pid,
    log: (name) => partOf(name).props.log,
    kill: (name) => partOf(name).kill(),
    restart: async (name) => {
      await partOf(name).stop();
      await partOf(name).start();
    },
    stop: async () => {
      await stopInOrder(parts);
      for (const name of ['etcd', 'kms']) rmSync(join(folder, name), { recursive: true, force: true });
    },
  };
}
