import { connect } from 'node:net';
import { join } from 'node:path';
import type { KeyPair } from './certificates';
import type { ControlPlaneFlags } from './flags';
import { isHealthy } from './https';
import type { PartName, PartProps } from './part';
import type { Pki } from './pki';

/** A program that speaks the KMS protocol at a socket. */
export interface KeyService {
  readonly program: string;
  readonly args: (socket: string) => readonly string[];
}

/** Where a control plane lives: everything that its parts' command lines are made from. */
export interface Site {
  readonly folder: string;
  /** Folder that stands for the root of the host. */
  readonly root: string;
  readonly pki: Pki;
  readonly flags: ControlPlaneFlags;
  readonly ports: Readonly<Record<'etcd' | 'peer' | 'apiServer' | 'controllerManager' | 'scheduler', number>>;
  /** Paths of the programs. */
  readonly programs: ReadonlyMap<string, string>;
  /** @default - a key in a file */
  readonly keyService?: KeyService;
  /** Variables of the API server besides those of this process. */
  readonly apiServerEnv: Readonly<Record<string, string>>;
}

/** Address of a part on this machine. */
export function localUrl(port: number): string {
  return `https://127.0.0.1:${port}`;
}

/** The key service that the API server's encryption names. */
export function keyService(site: Site): PartProps {
  const { kmsSocket } = site.flags;
  const given = site.keyService;
  const args = given?.args(kmsSocket) ?? [`--listen=${kmsSocket}`, `--state=${join(site.folder, 'kms')}`];
  const props = part(site, 'local-kms', args, () => isListening(kmsSocket));
  return given === undefined ? props : { ...props, program: given.program };
}

/** The store. It does not wait for the disk at each write: a crash of the machine may cost it, a kill of etcd cannot. */
export function etcd(site: Site): PartProps {
  const { pki, ports, folder, flags } = site;
  const [client, peer] = [localUrl(ports.etcd), localUrl(ports.peer)];
  const { authority, authorityFile, server } = pki.etcd;
  return part(
    site,
    'etcd',
    [
      ...flags.etcd,
      '--name=local',
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=local=${peer}`,
      ...['', 'peer-'].flatMap((side) => [
        `--${side}cert-file=${server.certificate}`,
        `--${side}key-file=${server.key}`,
        `--${side}trusted-ca-file=${authorityFile}`,
        `--${side}client-cert-auth=true`,
      ]),
      '--unsafe-no-fsync=true',
    ],
    () => isHealthy({ url: client, authority: authority.certificate, client: pki.etcdIdentity }, '/health'),
  );
}

/** The API server: the platform's own flags, and what kubeadm would add to them. */
export function apiServer(site: Site): PartProps {
  const { pki, ports, flags } = site;
  const args = [
    ...flags.apiServer,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    // There is no network between this machine's only API server and pods that do not run.
    '--endpoint-reconciler-type=none',
    `--etcd-servers=${localUrl(ports.etcd)}`,
    `--etcd-cafile=${pki.etcd.authorityFile}`,
    `--etcd-certfile=${pki.etcdClient.certificate}`,
    `--etcd-keyfile=${pki.etcdClient.key}`,
    `--client-ca-file=${pki.authorityFile}`,
    `--tls-cert-file=${pki.server.certificate}`,
    `--tls-private-key-file=${pki.server.key}`,
    `--kubelet-client-certificate=${pki.kubeletClient.certificate}`,
    `--kubelet-client-key=${pki.kubeletClient.key}`,
    `--service-account-key-file=${pki.serviceAccounts.publicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccounts.privateKey}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-cluster-ip-range=${flags.serviceCidr}`,
    '--allow-privileged=true',
  ];
  const props = part(site, 'kube-apiserver', args, healthy(site, ports.apiServer, '/readyz', pki.admin));
  return { ...props, env: site.apiServerEnv };
}

/** The controllers, without the one that takes nodes for dead on which no kubelet reports. */
export function controllerManager(site: Site): PartProps {
  const { pki, ports } = site;
  const kubeconfig = pki.kubeconfigs.controllerManager;
  const args = [
    ...site.flags.controllerManager,
    `--secure-port=${ports.controllerManager}`,
    ...clientOf(kubeconfig, pki),
    `--service-account-private-key-file=${pki.serviceAccounts.privateKey}`,
    `--root-ca-file=${pki.authorityFile}`,
    `--cluster-signing-cert-file=${pki.signer.certificate}`,
    `--cluster-signing-key-file=${pki.signer.key}`,
    '--controllers=*,-node-lifecycle-controller',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ];
  return part(site, 'kube-controller-manager', args, healthy(site, ports.controllerManager, '/healthz'));
}

/** The scheduler. */
export function scheduler(site: Site): PartProps {
  const { pki, ports } = site;
  const args = [
    ...site.flags.scheduler,
    `--secure-port=${ports.scheduler}`,
    ...clientOf(pki.kubeconfigs.scheduler, pki),
  ];
  return part(site, 'kube-scheduler', args, healthy(site, ports.scheduler, '/healthz'));
}

function clientOf(kubeconfig: string, pki: Pki): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--client-ca-file=${pki.authorityFile}`,
    `--tls-cert-file=${pki.server.certificate}`,
    `--tls-private-key-file=${pki.server.key}`,
    '--leader-elect=false',
  ];
}

function part(site: Site, name: PartName, args: readonly string[], isReady: () => Promise<boolean>): PartProps {
  return {
    name,
    program: site.programs.get(name) ?? name,
    args,
    log: join(site.folder, 'logs', `${name}.log`),
    isReady,
  };
}

function healthy({ pki }: Site, port: number, path: string, client?: KeyPair): () => Promise<boolean> {
  const endpoint = {
    url: localUrl(port),
    authority: pki.authority.certificate,
    ...(client === undefined ? {} : { client }),
  };
  return () => isHealthy(endpoint, path);
}

/** Whether somebody listens at a unix socket. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const ended = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', ended(true));
    socket.once('error', ended(false));
  });
}
