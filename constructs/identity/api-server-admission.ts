import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import type { JsonObject } from '../core/json';
import { hostPath } from './control-plane';

const CONTROLS = {
  'CTR-3': 'a namespace that says nothing is held to Pod Security `restricted`',
  'NET-3': 'events of one namespace or object cannot fill the store of the whole cluster',
} as const;

/**
 * Events that are taken a second, and the burst before that. An event that is refused is lost and nothing else: a flood
 * costs its own namespace the view on itself. The figures of an object are those with which client-go throttles itself.
 */
const EVENT_LIMITS = [
  { type: 'Server', qps: 1000, burst: 4000 },
  { type: 'Namespace', qps: 20, burst: 200, cacheSize: 4096 },
  { type: 'SourceAndObject', qps: 1, burst: 25, cacheSize: 4096 },
] as const;

/** What the API server's own admission plugins are told: the level of pods that no label speaks for, and rates of events. */
export class ApiServerAdmission extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const version = `v${clusterFactsOf(this).kubernetes}`;
    hostFile(this, 'Admission', {
      path: hostPath('admission.yaml'),
      mode: '0600',
      flag: '--admission-control-config-file',
      content: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AdmissionConfiguration',
        plugins: [
          { name: 'PodSecurity', configuration: podSecurity(version) },
          { name: 'EventRateLimit', configuration: eventRateLimit() },
        ],
      },
    });
  }
}

function podSecurity(version: string): JsonObject {
  const level = 'restricted';
  return {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce: level,
      'enforce-version': version,
      audit: level,
      'audit-version': version,
      warn: level,
      'warn-version': version,
    },
    exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
  };
}

function eventRateLimit(): JsonObject {
  return { apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1', kind: 'Configuration', limits: EVENT_LIMITS };
}
