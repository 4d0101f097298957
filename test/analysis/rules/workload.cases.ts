import type { Case } from './cases';
import { container, DIGEST, type Doc, deployment, of } from './platform';

const SERVICE = of('acme', 'v1', 'Service', 'web', { metadata: { namespace: 'acme-serve' } });
const at = (kind: string, apiVersion: string, wrap: (pod: Doc) => Doc) => (changes: Doc) =>
  of('acme', apiVersion, kind, 'x', {
    metadata: { namespace: 'acme-serve' },
    spec: wrap({ containers: [container(changes)] }),
  });
const template = (pod: Doc) => ({ template: { spec: pod } });

/** Every kind that can hold a pod, with a container of our choice. */
const KINDS: Readonly<Record<string, (changes: Doc) => Doc>> = {
  Pod: at('Pod', 'v1', (pod) => pod),
  StatefulSet: at('StatefulSet', 'apps/v1', template),
  DaemonSet: at('DaemonSet', 'apps/v1', template),
  ReplicaSet: at('ReplicaSet', 'apps/v1', template),
  ReplicationController: at('ReplicationController', 'v1', template),
  Job: at('Job', 'batch/v1', template),
  CronJob: at('CronJob', 'batch/v1', (pod) => ({ jobTemplate: { spec: template(pod) } })),
  JobSet: at('JobSet', 'jobset.x-k8s.io/v1alpha2', (pod) => ({
    replicatedJobs: [{ template: { spec: template(pod) } }],
  })),
  LeaderWorkerSet: at('LeaderWorkerSet', 'leaderworkerset.x-k8s.io/v1', (pod) => ({
    leaderWorkerTemplate: { workerTemplate: { spec: pod } },
  })),
  RayCluster: at('RayCluster', 'ray.io/v1', (pod) => ({ workerGroupSpecs: [template(pod)] })),
  InferenceService: at('InferenceService', 'serving.kserve.io/v1beta1', (pod) => ({ predictor: pod })),
};

const security = (changes: Doc) => deployment({ securityContext: { ...context(), ...changes } });
function context(): Doc {
  const { securityContext } = container();
  return typeof securityContext === 'object' ? { ...securityContext } : {};
}
const account = (rest: Doc) =>
  of('acme', 'v1', 'ServiceAccount', 'a', { metadata: { namespace: 'acme-serve' }, ...rest });
const REASON = { 'drun.io/needs-api-token': 'the controller watches pods' };

/** Pods, wherever they stand. */
export const WORKLOADS: readonly Case[] = [
  ...Object.entries(KINDS).map(
    ([kind, make]): Case => ({
      rule: 'DRN110',
      where: `a ${kind} has an image with a tag`,
      fails: [make({ image: 'nginx:1.27' })],
      passes: [make({})],
      silent: [SERVICE],
    }),
  ),
  ...[
    deployment({}, { initContainers: [container({ image: 'busybox' })] }),
    deployment({}, { ephemeralContainers: [container({ image: 'busybox@sha256:abc' })] }),
    deployment({}, { volumes: [{ name: 'model', image: { reference: 'registry.example.com/model:v1' } }] }),
    deployment({ image: 7 }),
  ].map(
    (broken): Case => ({
      rule: 'DRN110',
      where: `an image is loose in ${JSON.stringify(broken).slice(-120)}`,
      fails: [broken],
      passes: [
        deployment(
          {},
          {
            volumes: [
              { name: 'model', image: { reference: `a.example/m@${DIGEST}` } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        ),
      ],
      silent: [SERVICE],
    }),
  ),
  {
    rule: 'DRN111',
    where: 'a container has no memory limit',
    fails: [deployment({ resources: { limits: { cpu: '1' } } })],
    at: 'Deployment acme-serve/web spec.template.spec.containers[0].resources.limits.memory',
    passes: [deployment({}, { ephemeralContainers: [container({ resources: {} })] })],
    silent: [SERVICE],
  },
  {
    rule: 'DRN111',
    where: 'an init container has no limits',
    fails: [deployment({}, { initContainers: [container({ resources: {} })] })],
    passes: [deployment({}, { initContainers: [container()] })],
    silent: [SERVICE],
  },
  ...[
    { runAsNonRoot: false },
    { allowPrivilegeEscalation: undefined },
    { privileged: true },
    { readOnlyRootFilesystem: false },
    { capabilities: { drop: ['NET_RAW'] } },
    { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } },
    { seccompProfile: { type: 'Unconfined' } },
    { runAsUser: 0 },
  ].map(
    (changes): Case => ({
      rule: 'DRN112',
      where: `its security context has ${JSON.stringify(changes)}`,
      fails: [security(changes)],
      passes: [security({ runAsUser: 1000, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }), podLevel()],
      silent: [SERVICE],
    }),
  ),
  {
    rule: 'DRN113',
    where: 'a pod does not say no',
    fails: [deployment({}, { automountServiceAccountToken: undefined })],
    passes: [deployment()],
    silent: [SERVICE],
  },
  {
    rule: 'DRN113',
    where: 'a service account mounts its token',
    fails: [account({})],
    at: 'ServiceAccount acme-serve/a automountServiceAccountToken',
    passes: [
      account({ automountServiceAccountToken: false }),
      account({ metadata: { namespace: 'a', annotations: REASON } }),
    ],
    silent: [SERVICE],
  },
  ...[
    { hostNetwork: true },
    { hostPID: true },
    { hostIPC: 'yes' },
    { volumes: [{ name: 'root', hostPath: { path: '/' } }] },
    { containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] },
  ].map(
    (pod): Case => ({
      rule: 'DRN114',
      where: `its pod has ${JSON.stringify(pod).slice(0, 50)}`,
      fails: [deployment({}, pod)],
      passes: [
        deployment(
          { ports: [{ containerPort: 80 }] },
          { hostNetwork: false, volumes: [{ name: 'tmp', emptyDir: {} }] },
        ),
      ],
      silent: [SERVICE],
    }),
  ),
];

function podLevel(): Doc {
  const { runAsNonRoot, seccompProfile, ...own } = context();
  return deployment({ securityContext: own }, { securityContext: { runAsNonRoot, seccompProfile } });
}
