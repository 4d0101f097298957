import * as z from 'zod';
import { PLATFORM_NAMESPACE } from '../core/platform-service';

const names = (values: readonly string[]) => z.array(z.string().min(1).max(253)).max(64).readonly().default(values);

/** What the policies must know of the cluster; every field has the value that the platform itself installs. */
export const admissionSchema = z.strictObject({
  /** Groups whose requests pass: the deployer (an OIDC group, prefixed by the API server) and cluster bootstrap. */
  platformGroups: names(['oidc:drun-platform', 'system:masters']),
  /** Users whose requests pass, such as the service account of Flux or Argo CD. */
  platformUsers: names([]),
  /** Kubernetes' own namespaces, which carry no label of the platform. */
  systemNamespaces: names(['kube-system', 'kube-public', 'kube-node-lease']),
  /** Repositories of the mesh's own proxy image, without tag or digest. */
  meshImages: names(['docker.io/istio/proxyv2', 'registry.istio.io/release/proxyv2']),
  /** Makes the waypoints of tenant namespaces. */
  meshController: z.string().default(`system:serviceaccount:${PLATFORM_NAMESPACE.mesh}:istiod`),
  /** Lifts scheduling gates and starts queued jobs. */
  queueController: z.string().default(`system:serviceaccount:${PLATFORM_NAMESPACE.queue}:kueue-controller-manager`),
  /** Namespaces whose service accounts may add finalizers, because they take them off again. */
  controllerNamespaces: names([
    'kube-system',
    PLATFORM_NAMESPACE.mesh,
    PLATFORM_NAMESPACE.queue,
    'vault',
    'velero',
    'external-secrets',
    'cert-manager',
  ]),
  /** Other controllers that copy the platform's labels onto what they make, such as those of certificates. */
  controllers: names([]),
  schedulers: names(['default-scheduler']),
  /** Taint keys that a pod may tolerate besides its pool's, such as those of a sandbox's nodes. */
  tolerations: names(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable', 'nvidia.com/gpu']),
  ingressClasses: names(['drun']),
  /** Audiences for which a tenant may ask the API server for a token. */
  tokenAudiences: names(['https://kubernetes.default.svc', 'https://kubernetes.default.svc.cluster.local']),
  /** Audiences of tokens that are mounted into pods, besides those above. */
  podTokenAudiences: names(['vault', 'istio-ca']),
  /** Drivers of inline CSI volumes. */
  csiDrivers: names([]),
  /** Longest time, in seconds, that a pod may take to stop. */
  maxGraceSeconds: z.int().min(1).max(86_400).default(3_600),
  /** Longest time, in seconds, that a pod with an open terminal may run. */
  maxInteractiveSeconds: z.int().min(60).max(604_800).default(43_200),
  /** Most containers of a pod, those of initialization and of debugging counted apart; the mesh's own count as well. */
  maxContainers: z.int().min(1).max(128).default(32),
});

/** What a caller may say of the cluster; every field has a default. */
export type AdmissionProps = z.input<typeof admissionSchema>;
export type AdmissionSettings = Readonly<z.output<typeof admissionSchema>>;
