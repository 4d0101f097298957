import { METADATA_CIDRS } from '../../../constructs/core/cluster-facts';
import type { ClusterRanges } from '../../../constructs/core/rule';
import type { Case } from './cases';
import { by, type Doc, guard, namespace, of, tenant } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const ACME = namespace('acme', 'acme-train');
const SILENT = [by('vault', 'v1', 'Namespace', 'vault'), CONFIG];
const to = (networks: readonly string[]) => ({ action: 'Deny', to: [{ networks }] });
const METADATA = guard('tenants-no-metadata', 'Admin', { egress: [to(METADATA_CIDRS)] });
const ALL_IN = { action: 'Deny', from: [{ namespaces: {} }] };
const ALL_OUT = to(['0.0.0.0/0', '::/0']);
const BASELINE = guard('tenants-default-deny', 'Baseline', { ingress: [ALL_IN], egress: [ALL_OUT] });
const CLUSTER: ClusterRanges = {
  cluster: 'eu',
  podCidrs: [],
  serviceCidrs: [],
  nodeCidrs: ['10.2.0.0/16'],
  apiServerCidrs: ['10.3.0.10/32'],
};
const ELSEWHERE: ClusterRanges = { ...CLUSTER, cluster: 'us', nodeCidrs: ['10.9.0.0/16'] };

/** Policies of the admin and baseline tiers. */
export const GUARDS: readonly Case[] = [
  ...[
    [ACME],
    [ACME, guard('part', 'Admin', { egress: [to(METADATA_CIDRS.slice(1))] })],
    [ACME, guard('late', 'Baseline', { egress: [to(METADATA_CIDRS)] })],
    [ACME, guard('ports', 'Admin', { egress: [{ ...to(METADATA_CIDRS), protocols: [{ tcp: {} }] }] })],
    [ACME, guard('after', 'Admin', { egress: [{ ...to(['0.0.0.0/0']), action: 'Accept' }, to(METADATA_CIDRS)] })],
    [
      ACME,
      guard('some', 'Admin', { subject: { namespaces: { matchLabels: { a: 'b' } } }, egress: [to(METADATA_CIDRS)] }),
    ],
  ].map(
    (fails, i): Case => ({
      rule: 'DRN175',
      where: `metadata is not denied (${i + 1})`,
      fails,
      at: 'Namespace acme-train',
      passes: [ACME, METADATA],
      silent: SILENT,
    }),
  ),
  ...[to(['10.2.0.0/16']), to(['10.3.0.10/32', '10.2.0.0/17'])].map(
    (part): Case => ({
      rule: 'DRN175',
      where: `nodes or the API server are left open: ${JSON.stringify(part)}`,
      fails: [ACME, METADATA, guard('part', 'Admin', { egress: [part] })],
      facts: { fails: [CLUSTER, ELSEWHERE], passes: [ELSEWHERE, CLUSTER] },
      passes: [ACME, METADATA, guard('rest', 'Admin', { egress: [to(['10.2.0.0/15'])] })],
      silent: SILENT,
    }),
  ),
  ...[
    [ACME],
    [ACME, guard('in', 'Baseline', { ingress: [ALL_IN] })],
    [ACME, guard('out', 'Baseline', { egress: [ALL_OUT] })],
    [ACME, guard('part', 'Baseline', { ingress: [ALL_IN], egress: [to(['0.0.0.0/0'])] })],
    [ACME, guard('admin', 'Admin', { ingress: [ALL_IN], egress: [ALL_OUT] })],
  ].map(
    (fails, i): Case => ({
      rule: 'DRN176',
      where: `the baseline is open (${i + 1})`,
      fails,
      at: 'Namespace acme-train',
      passes: [ACME, BASELINE],
      silent: SILENT,
    }),
  ),
  ...[
    own(() => []),
    own((spec) => [{ ...spec, tier: 'Baseline' }]),
    own((spec) => [{ ...spec, egress: undefined }]),
    own((spec) => [{ ...spec, ingress: [ALL_IN, { ...ALL_IN, action: 'Accept' }] }]),
    own((spec) => [
      { ...spec, subject: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'acme-serve' } } } },
    ]),
  ].map(
    (fails, i): Case => ({
      rule: 'DRN177',
      where: `the policy of the namespace does not end in Deny (${i + 1})`,
      fails,
      at: 'Namespace acme-train',
      passes: tenant('acme'),
      silent: SILENT,
    }),
  ),
];

function own(change: (spec: Doc) => readonly Doc[]): readonly Doc[] {
  return tenant('acme').flatMap((doc) =>
    doc.kind === 'ClusterNetworkPolicy' ? change(Object(doc.spec)).map((spec) => ({ ...doc, spec })) : [doc],
  );
}
