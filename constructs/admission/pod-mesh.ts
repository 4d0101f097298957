import { LABEL, MANAGER } from '../core/labels';
import { map } from './cel';
import { isMeshContainer } from './images';
import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

/** Any key of the mesh: `istio.io/...` and everything below that domain. */
export const MESH_KEY = "'^([a-z0-9-]+[.])*istio[.]io/'";

/** Mesh labels and annotations that say what is true anyway; the injector writes some of them. */
const HARMLESS = {
  'istio.io/dataplane-mode': 'ambient',
  'istio.io/use-waypoint': 'waypoint',
  'sidecar.istio.io/inject': 'true',
  'security.istio.io/tlsMode': 'istio',
  'networking.istio.io/tunnel': 'http',
} as const;

/** Written by the injector, read by people and by telemetry. */
const INFORMATIVE = "'^(service[.]istio[.]io/.*|sidecar[.]istio[.]io/status)$'";

/** A key that was there before with the same value is not the doing of this request. */
const kept = (field: 'labels' | 'annotations'): string => {
  const old = field === 'labels' ? 'variables.oldLabels' : 'variables.oldAnnotations';
  return `(k in ${old} && ${old}[k] == variables.${field}[k])`;
};

/** Keeps pods inside the mesh and out of other people's endpoints. */
export function podMesh(settings: AdmissionSettings): PodRule {
  return {
    id: 'mesh',
    controls: { 'NET-1': 'no pod can leave the mesh, change its proxy or pass for a gateway' },
    params: false,
    checks: (strict) => [
      keys('labels', 'label'),
      keys('annotations', 'annotation', "k == 'istio.io/rev'"),
      proxyUser(settings),
      ...borrowed(),
      ...(strict ? [injected(settings)] : []),
    ],
  };
}

function keys(field: 'labels' | 'annotations', noun: string, also = 'false'): Check {
  const allowed = `${map(HARMLESS)}[?k].orValue('') == variables.${field}[k]`;
  return {
    rows: ['S16', 'S17', 'I16'],
    each: `variables.${field}`,
    as: 'k',
    holds: `!k.matches(${MESH_KEY}) || k.matches(${INFORMATIVE}) || ${also} || ${allowed} || ${kept(field)}`,
    given: `${noun} {k}`,
    expected: 'no setting of the mesh on a pod',
    remedy: 'remove it; the mesh is set on the namespace',
  };
}

function proxyUser(settings: AdmissionSettings): Check {
  const is1337 = (context: string): string =>
    `${context}.?runAsUser.orValue(0) == 1337 || ${context}.?runAsGroup.orValue(0) == 1337`;
  return {
    rows: ['S18'],
    holds: [
      `!(${is1337('variables.podSpec.?securityContext')})`,
      `variables.containers.all(c, !(${is1337('c.?securityContext')}) || ${isMeshContainer(settings)})`,
    ].join(' && '),
    given: 'user or group 1337',
    expected: 'any other id: traffic of 1337 is not captured by the mesh',
    remedy: 'run as another user',
  };
}

function borrowed(): readonly Check[] {
  return [
    {
      rows: ['S29'],
      each: 'variables.labels',
      as: 'k',
      holds: `!k.matches('^(istio|k8s-app|gateway[.]networking[.]k8s[.]io/.*)$') || ${kept('labels')}`,
      given: 'label {k}={variables.labels[k]}',
      expected: 'no label by which the platform’s services choose their pods',
      remedy: 'use app.kubernetes.io/name',
    },
    {
      rows: ['R23', 'S29'],
      each: 'variables.labels',
      as: 'k',
      holds: `!(k.startsWith('drun.io/') || (k == '${LABEL.managedBy}' && variables.labels[k] == '${MANAGER}'))`,
      given: 'label {k}={variables.labels[k]}',
      expected: 'no label of the platform',
      remedy: 'remove it',
    },
  ];
}

/** With the injector down a pod would start outside the mesh; the label of the namespace says that it must not. */
function injected(settings: AdmissionSettings): Check {
  return {
    rows: ['W02', 'S16'],
    holds: [
      'oldObject != null',
      "namespaceObject.metadata.?labels[?'istio-injection'].orValue('') != 'enabled'",
      `variables.containers.exists(c, ${isMeshContainer(settings)})`,
    ].join(' || '),
    given: 'a pod without the mesh’s sidecar',
    expected: 'the sidecar, which this namespace has injected',
    remedy: 'try again; if it persists, tell the platform that the injector is down',
  };
}
