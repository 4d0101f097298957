import type { AttackCase, Row } from './case';
import { forbidden, type Line } from './plain';

/**
 * Kinds of other projects that would let a tenant reach beyond its namespace. No tenant has any right to them, installed or
 * not, so that their controllers never see an object of a tenant: group/version, resource, rows; `*` for cluster-wide kinds.
 */
const KINDS: readonly (readonly [row: Row, kind: string])[] = [
  ['S34', 'jobset.x-k8s.io/v1alpha2 jobsets'],
  ['Q09', 'snapshot.storage.k8s.io/v1 volumesnapshots'],
  ['Q17', 'kueue.x-k8s.io/v1beta2 *workloadpriorityclasses'],
  ['N09', 'networking.k8s.io/v1 networkpolicies'],
  ['N20', 'gateway.networking.k8s.io/v1 gateways'],
  ['N21', 'gateway.networking.k8s.io/v1 httproutes'],
  ['N22', 'gateway.networking.k8s.io/v1beta1 httproutes'],
  ['N23', 'gateway.networking.k8s.io/v1 backendtlspolicies'],
  ['N24', 'gateway.networking.k8s.io/v1beta1 referencegrants'],
  ['N25', 'gateway.networking.k8s.io/v1 grpcroutes'],
  ['N25', 'gateway.networking.k8s.io/v1alpha2 tlsroutes'],
  ['N25', 'gateway.networking.k8s.io/v1alpha2 tcproutes'],
  ['N25', 'gateway.networking.k8s.io/v1 listenersets'],
  ['N26', 'gateway.envoyproxy.io/v1alpha1 envoyextensionpolicies'],
  ['N26', 'gateway.envoyproxy.io/v1alpha1 envoypatchpolicies'],
  ['N27', 'externaldns.k8s.io/v1alpha1 dnsendpoints'],
  ['N28', 'cert-manager.io/v1 certificates'],
  ['N28', 'cert-manager.io/v1 issuers'],
  ['N29', 'k8gb.io/v1beta1 gslbs'],
  ['I01', 'networking.istio.io/v1 virtualservices'],
  ['I02', 'networking.istio.io/v1beta1 virtualservices'],
  ['I03', 'networking.istio.io/v1 destinationrules'],
  ['I04', 'networking.istio.io/v1 serviceentries'],
  ['I05', 'networking.istio.io/v1 workloadentries'],
  ['I05', 'networking.istio.io/v1 workloadgroups'],
  ['I06', 'networking.istio.io/v1 sidecars'],
  ['I07', 'networking.istio.io/v1alpha3 envoyfilters'],
  ['I08', 'security.istio.io/v1 peerauthentications'],
  ['I09', 'security.istio.io/v1 authorizationpolicies'],
  ['I10', 'security.istio.io/v1 requestauthentications'],
  ['I11', 'extensions.istio.io/v1alpha1 wasmplugins'],
  ['I12', 'telemetry.istio.io/v1 telemetries'],
  ['I13', 'networking.istio.io/v1 gateways'],
  ['I14', 'networking.istio.io/v1beta1 proxyconfigs'],
  ['D02', 'v1 *persistentvolumes'],
  ['D05', 'snapshot.storage.k8s.io/v1 *volumesnapshotcontents'],
  ['D06', 'external-secrets.io/v1 *clustersecretstores'],
  ['D07', 'external-secrets.io/v1 externalsecrets'],
  ['D08', 'external-secrets.io/v1alpha1 pushsecrets'],
  ['D08', 'external-secrets.io/v1 *clusterexternalsecrets'],
  ['D08', 'generators.external-secrets.io/v1alpha1 vaultdynamicsecrets'],
  ['D09', 'external-secrets.io/v1 secretstores'],
  ['D10', 'secrets.hashicorp.com/v1beta1 vaultauths'],
  ['D10', 'secrets.hashicorp.com/v1beta1 vaultconnections'],
  ['S23', 'secrets-store.csi.x-k8s.io/v1 secretproviderclasses'],
  ['D13', 'velero.io/v1 backups'],
  ['D13', 'velero.io/v1 restores'],
  ['D13', 'velero.io/v1 schedules'],
  ['D13', 'velero.io/v1 backupstoragelocations'],
  ['D13', 'velero.io/v1 downloadrequests'],
  ['D13', 'velero.io/v1 deletebackuprequests'],
  ['D16', 'kyverno.io/v1 policies'],
  ['D16', 'kyverno.io/v2 policyexceptions'],
];

/** Rows in which a tenant would order something from the controller of another project. */
export const THIRD_PARTY_CASES: readonly AttackCase[] = forbidden(
  KINDS.map(([row, kind]): Line => {
    const [version = '', name = ''] = kind.split(' ');
    const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    return name.startsWith('*')
      ? [row, `POST ${root}/${name.slice(1)}`]
      : [row, `POST ${root}/namespaces/{ns}/${name}`];
  }),
);

/** The same kinds in a namespace of the platform, where the mesh and the backup read them for everybody. */
export const THIRD_PARTY_CASES_ELSEWHERE: readonly AttackCase[] = forbidden([
  ['I01', 'POST /apis/networking.istio.io/v1/namespaces/istio-system/virtualservices'],
  ['I07', 'POST /apis/networking.istio.io/v1alpha3/namespaces/istio-system/envoyfilters'],
  ['I08', 'POST /apis/security.istio.io/v1/namespaces/{b-ns}/peerauthentications'],
  ['I08', 'PATCH /apis/security.istio.io/v1/namespaces/{ns}/peerauthentications/default'],
  ['I08', 'DELETE /apis/security.istio.io/v1/namespaces/{ns}/peerauthentications/default'],
  ['I09', 'PATCH /apis/security.istio.io/v1/namespaces/{ns}/authorizationpolicies/default-deny'],
  ['I09', 'DELETE /apis/security.istio.io/v1/namespaces/{ns}/authorizationpolicies/default-deny'],
  ['I12', 'POST /apis/telemetry.istio.io/v1/namespaces/istio-system/telemetries'],
  [
    'N10',
    'DELETE /apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies/default-deny',
    'GET /apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies/default-deny',
  ],
  ['N09', 'POST /apis/networking.k8s.io/v1/namespaces/{b-ns}/networkpolicies'],
  ['N20', 'DELETE /apis/gateway.networking.k8s.io/v1/namespaces/{ns}/gateways/waypoint'],
  [
    'Q17',
    'PATCH /apis/kueue.x-k8s.io/v1beta2/namespaces/{ns}/localqueues/default',
    'GET /apis/kueue.x-k8s.io/v1beta2/namespaces/{ns}/localqueues/default',
  ],
]);
