import type { PodRule } from './pod-rule';
import type { Check } from './policy';

/** Names that are not the tenant's to redirect: inside the cluster, cloud metadata, or without a domain. */
const RESERVED_NAME = "'(^[^.]*$|[.](svc|local|internal|localhost)$|[.]svc[.])'";

/** Network plugins that read pod annotations: Multus, Calico, Cilium, OVN; and the kernel's own bandwidth limit. */
const PLUGIN_KEY = [
  "'^(([a-z0-9-]+[.])*(cncf[.]io|multus-cni[.]io|projectcalico[.]org|cilium[.]io|ovn[.]org|ovn[.]kubernetes[.]io)/",
  "|io[.]cilium[./]|kubernetes[.]io/(egress|ingress)-bandwidth$)'",
].join('');

/** How a pod is wired: by the platform's plugin, with the cluster's names. */
export const podNetwork: PodRule = {
  id: 'network',
  controls: { 'NET-5': 'no pod can choose its interface, address, bandwidth or name server' },
  params: false,
  checks: () => [plugins(), nameServers(), hostAliases()],
};

function plugins(): Check {
  const kept = '(k in variables.oldAnnotations && variables.oldAnnotations[k] == variables.annotations[k])';
  return {
    rows: ['S20', 'S21'],
    each: 'variables.annotations',
    as: 'k',
    holds: `!k.matches(${PLUGIN_KEY}) || ${kept}`,
    given: 'annotation {k}',
    expected: 'no setting of the network plugin',
    remedy: 'remove it; the platform wires pods',
  };
}

function nameServers(): Check {
  return {
    rows: ['S22', 'N12'],
    holds: [
      "variables.podSpec.?dnsPolicy.orValue('ClusterFirst') == 'ClusterFirst'",
      'variables.podSpec.?dnsConfig.?nameservers.orValue([]).size() == 0',
    ].join(' && '),
    given:
      "dnsPolicy {variables.podSpec.?dnsPolicy.orValue('ClusterFirst')} with {string(variables.podSpec.?dnsConfig.?nameservers.orValue([]).size())} name servers of its own",
    expected: 'ClusterFirst and none',
    remedy: 'remove dnsPolicy and dnsConfig.nameservers',
  };
}

function hostAliases(): Check {
  return {
    rows: ['S31'],
    each: 'variables.podSpec.?hostAliases.orValue([])',
    as: 'a',
    holds: `a.?hostnames.orValue([]).all(h, !h.lowerAscii().matches(${RESERVED_NAME}))`,
    given: "host alias {a.?hostnames.orValue([]).join(' ')}",
    expected: 'names outside the cluster',
    remedy: 'call the service by its own name',
  };
}
