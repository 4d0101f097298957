import { join } from 'node:path';
import { type Authority, createAuthority, createSigningKey, type KeyPair, type Subject } from './certificates';
import { type KeyFiles, writeKeyPair, writeKubeconfig, writePrivate } from './host-root';

/** Certificates and keys of a control plane, on disk where a part needs the file. */
export interface Pki {
  readonly authority: Authority;
  readonly authorityFile: string;
  /** The authority's own files: the controller manager signs requests for certificates with it. */
  readonly signer: KeyFiles;
  readonly server: KeyFiles;
  readonly kubeletClient: KeyFiles;
  /** Etcd trusts an authority of its own, or everybody with a certificate of the cluster could open the store (CIS 1.12, 2.7). */
  readonly etcd: { readonly authority: Authority; readonly authorityFile: string; readonly server: KeyFiles };
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
  const signer = writeKeyPair(folder, 'ca', authority);
  const server = await written(folder, 'apiserver', authority, { name: 'kube-apiserver', hosts: SERVER_NAMES });
  const kubelet = await written(folder, 'apiserver-kubelet-client', authority, {
    name: 'kube-apiserver-kubelet-client',
  });
  const partConfig = async (name: string) => {
    const path = join(root, 'etc/kubernetes', `${name.replace(/^system:kube-/, '')}.conf`);
    writeKubeconfig(path, 'local', url, authority, await authority.issue({ name }));
    return path;
  };
  return {
    authority,
    authorityFile: signer.certificate,
    signer,
    server: server.files,
    kubeletClient: kubelet.files,
    ...(await createEtcdPki(folder)),
    serviceAccounts: await writeSigningKey(folder),
    admin: await authority.issue({ name: 'drun-local-admin', group: 'system:masters' }),
    kubeconfigs: {
      controllerManager: await partConfig('system:kube-controller-manager'),
      scheduler: await partConfig('system:kube-scheduler'),
    },
  };
}

async function createEtcdPki(folder: string): Promise<Pick<Pki, 'etcd' | 'etcdClient' | 'etcdIdentity'>> {
  const authority = await createAuthority('drun local etcd');
  const own = join(folder, 'etcd');
  const authorityFile = join(own, 'ca.crt');
  writePrivate(authorityFile, authority.certificate);
  const server = await written(own, 'server', authority, { name: 'etcd', hosts: SERVER_NAMES });
  const client = await written(folder, 'apiserver-etcd-client', authority, { name: 'kube-apiserver-etcd-client' });
  return {
    etcd: { authority, authorityFile, server: server.files },
    etcdClient: client.files,
    etcdIdentity: client.pair,
  };
}

async function written(folder: string, file: string, authority: Authority, subject: Subject) {
  const pair = await authority.issue(subject);
  return { pair, files: writeKeyPair(folder, file, pair) };
}

async function writeSigningKey(folder: string): Promise<Pki['serviceAccounts']> {
  const { privateKey, publicKey } = await createSigningKey();
  const files = { privateKey: join(folder, 'sa.key'), publicKey: join(folder, 'sa.pub') };
  writePrivate(files.privateKey, privateKey);
  writePrivate(files.publicKey, publicKey);
  return files;
}
