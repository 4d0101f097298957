import { join } from 'node:path';
import { type Authority, createAuthority, createSigningKey, type KeyPair } from './certificates';
import { type KeyFiles, writeKeyPair, writeKubeconfig, writePrivate } from './host-root';

/** Certificates and keys of a control plane, on disk where a part needs the file. */
export interface Pki {
  readonly authority: Authority;
  readonly authorityFile: string;
  /** The authority's own files: the controller manager signs requests for certificates with it. */
  readonly signer: KeyFiles;
  readonly server: KeyFiles;
  readonly kubeletClient: KeyFiles;
  readonly etcdClient: KeyFiles;
  readonly serviceAccounts: { readonly privateKey: string; readonly publicKey: string };
  /** An identity of group `system:masters`. */
  readonly admin: KeyPair;
  readonly etcdIdentity: KeyPair;
  /** Paths of the kubeconfigs of the parts. */
  readonly kubeconfigs: { readonly controllerManager: string; readonly scheduler: string };
}

const SERVER_NAMES = [
  '127.0.0.1',
  '::1',
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/** Makes the certificates of a control plane below `root`, which stands for the root of a host. */
export async function createPki(root: string, url: string): Promise<Pki> {
  const folder = join(root, 'etc/kubernetes/pki');
  const authority = await createAuthority('drun local control plane');
  const written = async (name: string, subject: Parameters<Authority['issue']>[0]) => {
    const pair = await authority.issue(subject);
    return { pair, files: writeKeyPair(folder, name, pair) };
  };
  const server = await written('apiserver', { name: 'kube-apiserver', hosts: SERVER_NAMES });
  const kubelet = await written('apiserver-kubelet-client', { name: 'kube-apiserver-kubelet-client' });
  const etcd = await written('apiserver-etcd-client', { name: 'kube-apiserver-etcd-client' });
  const partConfig = async (name: string) => {
    const path = join(root, 'etc/kubernetes', `${name.replace(/^system:kube-/, '')}.conf`);
    writeKubeconfig(path, 'local', url, authority, await authority.issue({ name }));
    return path;
  };
  const signer = writeKeyPair(folder, 'ca', authority);
  return {
    authority,
    authorityFile: signer.certificate,
    signer,
    server: server.files,
    kubeletClient: kubelet.files,
    etcdClient: etcd.files,
    etcdIdentity: etcd.pair,
    serviceAccounts: await writeSigningKey(folder),
    admin: await authority.issue({ name: 'drun-local-admin', group: 'system:masters' }),
    kubeconfigs: {
      controllerManager: await partConfig('system:kube-controller-manager'),
      scheduler: await partConfig('system:kube-scheduler'),
    },
  };
}

async function writeSigningKey(folder: string): Promise<Pki['serviceAccounts']> {
  const { privateKey, publicKey } = await createSigningKey();
  const files = { privateKey: join(folder, 'sa.key'), publicKey: join(folder, 'sa.pub') };
  writePrivate(files.privateKey, privateKey);
  writePrivate(files.publicKey, publicKey);
  return files;
}
