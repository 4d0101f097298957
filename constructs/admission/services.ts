import { controller, isUser } from './exemptions';
import { MESH_KEY } from './pod-mesh';
import type { Check, Policy } from './policy';
import type { AdmissionSettings } from './settings';

const WRITES = ['CREATE', 'UPDATE'] as const;

/** Marks a Service whose author chose an address. It is written before the API server allocates one itself. */
export const PINNED_ANNOTATION = 'drun.io/pinned-address';

/** Annotations read by load balancers of clouds and of bare metal, and by DNS controllers. */
const FOREIGN_KEY = [
  "'^((service|cloud|networking|load-balancer|alpha|beta)[.]([a-z0-9-]+[.])*(kubernetes[.]io|google[.]com|gke[.]io)/",
  '|([a-z0-9-]+[.])*(external-dns[.]alpha[.]kubernetes[.]io|metallb[.]io|metallb[.]universe[.]tf|kube-vip[.]io|amazonaws[.]com|azure[.]com|alibabacloud[.]com)/',
  "|external-dns[.]alpha[.]kubernetes[.]io/)'",
].join('');

/** Services are reached inside the mesh; what is public goes through the platform's gateway. */
export function servicePolicies(settings: AdmissionSettings): readonly Policy[] {
  return [
    {
      id: 'services',
      controls: {
        'NET-4': 'no Service opens a port of a node or takes an address, so nothing is published past the gateway',
      },
      reach: 'tenants',
      matches: [{ group: '', resources: ['services'], operations: WRITES }],
      params: 'none',
      conditions: {
        changed:
          'oldObject == null || object.spec != oldObject.spec || object.metadata.?labels.orValue({}) != oldObject.metadata.?labels.orValue({}) || object.metadata.?annotations.orValue({}) != oldObject.metadata.?annotations.orValue({})',
      },
      variables: {
        labels: 'object.metadata.?labels.orValue({})',
        annotations: 'object.metadata.?annotations.orValue({})',
      },
      checks: [...shape(), pinned(), ...foreign()],
    },
    endpoints(settings),
  ];
}

function shape(): readonly Check[] {
  return [
    {
      rows: ['N01', 'N02', 'N04', 'N08'],
      holds: "object.spec.?type.orValue('ClusterIP') == 'ClusterIP'",
      given: "a Service of type {object.spec.?type.orValue('')}",
      expected: 'ClusterIP',
      remedy: 'publish it with an Ingress, or declare the outside host in the tenant’s file',
    },
    {
      rows: ['N03'],
      holds: 'object.spec.?externalIPs.orValue([]).size() == 0',
      given: 'externalIPs',
      expected: 'none',
      remedy: 'remove externalIPs',
    },
  ];
}

/** By the time a validating policy runs, every Service has an address; the mark tells who chose it. */
function pinned(): Check {
  return {
    rows: ['N07'],
    holds: `!('${PINNED_ANNOTATION}' in variables.annotations)`,
    given: `clusterIP {variables.annotations['${PINNED_ANNOTATION}']}`,
    expected: 'an address that the cluster chooses, or None',
    remedy: 'remove clusterIP and clusterIPs',
  };
}

function foreign(): readonly Check[] {
  const was = "(oldObject != null && oldObject.metadata.?annotations[?k].orValue('') == variables.annotations[k])";
  return [
    {
      rows: ['N08', 'N27'],
      each: 'variables.annotations',
      as: 'k',
      holds: `!k.matches(${FOREIGN_KEY}) || ${was}`,
      given: 'annotation {k}',
      expected: 'no setting of a load balancer or of DNS',
      remedy: 'remove it; hosts are declared in the tenant’s file',
    },
    {
      rows: ['I16', 'S16'],
      each: "['labels', 'annotations']",
      as: 'f',
      holds: `(f == 'labels' ? variables.labels : variables.annotations).all(k, !k.matches(${MESH_KEY}) || (k == 'istio.io/use-waypoint' && variables.labels[?k].orValue('') == 'waypoint'))`,
      given: 'a setting of the mesh under {f}',
      expected: 'none; a Service belongs to its namespace and its cluster',
      remedy: 'remove it',
    },
  ];
}

function endpoints({ meshController }: AdmissionSettings): Policy {
  const writers = ['endpoint-controller', 'endpointslice-controller', 'endpointslicemirroring-controller'].map(
    controller,
  );
  return {
    id: 'endpoints',
    controls: { 'NET-4': 'only the cluster says which pods a Service stands for' },
    reach: 'tenants',
    matches: [
      { group: '', resources: ['endpoints'], operations: WRITES },
      { group: 'discovery.k8s.io', resources: ['endpointslices'], operations: WRITES },
    ],
    params: 'none',
    conditions: {
      'not-the-cluster': `!(${isUser(...writers, controller('generic-garbage-collector'), meshController)})`,
    },
    checks: [
      {
        rows: ['N05'],
        holds: 'false',
        given: 'endpoints written by {request.userInfo.username}',
        expected: 'a Service with a selector',
        remedy: 'select pods of the namespace by label',
      },
    ],
  };
}
