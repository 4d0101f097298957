import { createAuthority, type KeyPair } from '../../../cluster/local/certificates';

/** Certificates of a mesh, made for one lab. */
export interface MeshPki {
  readonly trustDomain: string;
  /** What every proxy of the mesh trusts, as PEM. */
  readonly root: string;
  /** The certificate of a workload; of another trust domain under the same root where one is named. */
  readonly workload: (namespace: string, account: string, trustDomain?: string) => Promise<KeyPair>;
  /** The certificate of the control plane. */
  readonly control: () => Promise<KeyPair>;
}

/** A mesh with a root of its own. */
export async function newMeshPki(trustDomain: string): Promise<MeshPki> {
  const authority = await createAuthority(`root of ${trustDomain}`);
  return {
    trustDomain,
    root: authority.certificate,
    workload: (namespace, account, domain = trustDomain) =>
      authority.issue({ name: account, uris: [spiffe(domain, namespace, account)] }),
    control: () => authority.issue({ name: 'istiod', hosts: ['127.0.0.1', 'istiod.istio-system.svc'] }),
  };
}

/** SPIFFE identity of a workload. */
export function spiffe(trustDomain: string, namespace: string, account: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`;
}
