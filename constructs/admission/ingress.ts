import { list } from './cel';
import type { Check, Policy } from './policy';
import type { AdmissionSettings } from './settings';

/** Annotations that say nothing to any ingress controller. */
const HARMLESS_KEY =
  "'^((kubectl[.]kubernetes[.]io|meta[.]helm[.]sh|app[.]kubernetes[.]io|argocd[.]argoproj[.]io|kustomize[.]toolkit[.]fluxcd[.]io)/.*|[^/]*)$'";

/** Ingresses serve the hosts of their tenant, exactly, through the platform's gateway. */
export function ingressPolicies({ ingressClasses }: AdmissionSettings): readonly Policy[] {
  return [
    {
      id: 'ingresses',
      controls: { 'NET-1': 'a host is served by the tenant that owns it, through the platform’s gateway' },
      reach: 'tenants',
      matches: [{ group: 'networking.k8s.io', resources: ['ingresses'], operations: ['CREATE', 'UPDATE'] }],
      params: { missingOnUpdate: 'deny' },
      conditions: {
        changed:
          'oldObject == null || object.spec != oldObject.spec || object.metadata.?annotations.orValue({}) != oldObject.metadata.?annotations.orValue({})',
      },
      variables: { rules: 'object.spec.?rules.orValue([])', tls: 'object.spec.?tls.orValue([])' },
      checks: [...hosts(), tlsHosts(), ...entry(ingressClasses)],
    },
  ];
}

function hosts(): readonly Check[] {
  return [
    {
      rows: ['N15'],
      holds:
        "variables.rules.size() > 0 && variables.rules.all(r, r.?host.orValue('') != '') && !has(object.spec.defaultBackend)",
      given: 'a rule for every host',
      expected: 'a host in each rule and no defaultBackend',
      remedy: 'write the host',
    },
    {
      rows: ['N13', 'N14', 'N16', 'N30'],
      each: 'variables.rules',
      as: 'r',
      holds: "r.?host.orValue('') in params.spec.hosts",
      given: "host {r.?host.orValue('(none)')}",
      expected: "one of {params.spec.hosts.join(' ')}",
      remedy: 'declare the host in the tenant’s file; wildcards and other spellings are not granted',
    },
  ];
}

function tlsHosts(): Check {
  return {
    rows: ['N17'],
    each: 'variables.tls',
    as: 't',
    holds:
      "t.?hosts.orValue([]).size() > 0 && t.?hosts.orValue([]).all(h, variables.rules.exists(r, r.?host.orValue('') == h))",
    given: "certificate for {t.?hosts.orValue(['every host']).join(' ')}",
    expected: 'hosts of this Ingress',
    remedy: 'list under tls what stands under rules',
  };
}

function entry(classes: readonly string[]): readonly Check[] {
  return [
    {
      rows: ['N18'],
      holds: `object.spec.?ingressClassName.orValue('') in ${list(classes)}`,
      given: "ingressClassName {object.spec.?ingressClassName.orValue('(none)')}",
      expected: `one of ${classes.join(' ')}`,
      remedy: 'use it',
    },
    {
      rows: ['N18', 'N19', 'N27'],
      each: 'object.metadata.?annotations.orValue({})',
      as: 'k',
      holds: `k.matches(${HARMLESS_KEY})`,
      given: 'annotation {k}',
      expected: 'no setting of the gateway, of DNS or of certificates',
      remedy: 'remove it; routes, names and certificates are made from the tenant’s file',
    },
    {
      rows: ['N13'],
      each: 'variables.rules',
      as: 'r',
      holds: 'r.?http.?paths.orValue([]).all(p, !has(p.backend.resource))',
      given: 'a backend that is not a Service',
      expected: 'a Service of the namespace',
      remedy: 'write backend.service',
    },
  ];
}
