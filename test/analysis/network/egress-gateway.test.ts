import { proveReachability, type Violation } from '../../../analysis/network';
import { clusterFactsSchema } from '../../../constructs/core/cluster-facts';
import { recordAt } from '../../../constructs/core/json';
import { type Manifest, objectLabel } from '../../../constructs/core/manifest';
import { tenantManifests } from '../../../constructs/tenant/tenant-manifests';
import { tenantSpec } from '../../../constructs/tenant/tenant-spec';
import { changed } from '../../support/edge/weaken';
import { FACTS, namespace, networkPolicy, object, platformObjects, without } from '../../support/network-population';

const PLACE = 'drun-egress-gateway';
const PODS = { istio: 'egress' };
const cluster = clusterFactsSchema.parse({ trustDomain: FACTS.trustDomain });

/** A tenant with sidecars as the platform makes it. */
const tenant = (name: string, ...hosts: readonly string[]): readonly Manifest[] =>
  tenantManifests(
    tenantSpec({
      name,
      owner: 'test@drun.example',
      mesh: 'sidecar',
      namespaces: { serve: {} },
      allow: hosts.map((fqdn) => ({ to: { fqdn } })),
    }),
    cluster,
  );

/** The gateway's namespace as the platform makes it. */
const GATEWAY: readonly Manifest[] = [
  namespace(PLACE, { 'drun.io/component': PLACE }),
  networkPolicy(`${PLACE}/default-deny`, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  networkPolicy(`${PLACE}/allow-callers`, {
    podSelector: {},
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { 'drun.io/uses-egress-gateway': 'true' } } }],
        ports: [{ port: 8443 }],
      },
    ],
  }),
  object('security.istio.io/v1', 'AuthorizationPolicy', `${PLACE}/egress-default-deny`, {
    selector: { matchLabels: PODS },
  }),
];

const HOST = 'api.openai.com';
const ROUTE = 'acme--443-api-openai-com';
const POLICY = `AuthorizationPolicy ${PLACE}/${ROUTE}`;
const objects = [...platformObjects(), ...GATEWAY, ...tenant('acme', HOST), ...tenant('beta', HOST)];
const prove = (all: readonly Manifest[]) => proveReachability({ objects: all, facts: FACTS, declared: [] });
const codes = (violations: readonly Violation[]) => [...new Set(violations.map(({ code }) => code))].sort();

/** The objects with one field of one of them changed or taken away. */
function change(label: string, path: readonly (string | number)[], value?: unknown): readonly Manifest[] {
  const found = objects.find((one) => objectLabel(one) === label);
  if (found === undefined) throw new Error(`no object ${label}`);
  const [one] = changed(found.kind, found.metadata.name, path, value)([found]);
  const spec = recordAt(one, 'spec');
  return objects.map((each) => (each === found ? { ...each, spec } : each));
}

describe('the egress gateway', () => {
  test('[NET-4] opens to each tenant the host that it declared, and the report lists who may use it', () => {
    const { violations, egress } = prove(objects);
    expect(violations).toEqual([]);
    expect(egress).toEqual(
      ['acme', 'beta'].map((name) => ({
        tenant: name,
        namespace: `${name}-serve`,
        serviceEntry: 'to-api-openai-com',
        hosts: [HOST],
        through: PLACE,
        sources: [`cluster.local/ns/${name}-serve/sa/*`],
      })),
    );
  });

  test('[NET-1] fails where another tenant may ask for a name, and says which policy lets it in', () => {
    const wide = ['cluster.local/ns/acme-serve/sa/*', 'cluster.local/ns/beta-serve/sa/*'];
    const { violations } = prove(change(POLICY, ['spec', 'rules', 0, 'from', 0, 'source', 'principals'], wide));
    expect(violations.map(({ code, to }) => [code, to])).toEqual([['PRV034', 'beta-serve']]);
    expect(violations[0]?.openedBy.map(({ label }) => label)).toEqual([POLICY]);
  });

  test('[NET-1] fails where a policy asks for no name: its identities then ask for those of others', () => {
    const { violations } = prove(change(POLICY, ['spec', 'rules', 0, 'when']));
    expect(violations.map(({ code, to }) => [code, to])).toEqual([['PRV034', 'acme-serve']]);
    expect(violations[0]?.sentence).toContain('443.api.openai.com.beta.egress.drun.io');
  });

  test('[NET-1] fails where nobody is asked who he is', () => {
    const { violations } = prove(change(POLICY, ['spec', 'rules', 0, 'from']));
    expect(violations.map(({ code, to }) => [code, to])).toEqual([['PRV034', 'any future tenant']]);
    const plain = change(`Gateway ${PLACE}/${ROUTE}`, ['spec', 'servers', 0, 'tls', 'mode'], 'SIMPLE');
    expect(codes(prove(plain).violations)).toEqual(['PRV036']);
  });

  test.each([
    ['no policy lets its tenant in', POLICY, 'PRV033'],
    ['nothing forwards it', `VirtualService ${PLACE}/${ROUTE}`, 'PRV039'],
    ['no server takes it', `Gateway ${PLACE}/${ROUTE}`, 'PRV039'],
    ['no host of the tenant leads to it', 'ServiceEntry acme-serve/to-api-openai-com', 'PRV037'],
  ])('[NET-4] fails where %s', (_, label, code) => {
    expect(codes(prove(without(objects, label)).violations)).toEqual([code]);
  });

  test('[NET-4] fails where a sidecar does not say which name it asks for', () => {
    const found = prove(without(objects, 'DestinationRule acme-serve/to-api-openai-com')).violations;
    expect(codes(found)).toEqual(['PRV037', 'PRV038']);
  });

  test.each([
    ['another host', 'evil.example', ['PRV039']],
    ['the metadata service', '169.254.169.254', ['PRV035', 'PRV039']],
    ['a service of the cluster', 'vault.vault.svc.cluster.local', ['PRV032', 'PRV039']],
  ])('[NET-4] fails where the declared host leads to %s, and names the objects that do it', (_, address, expected) => {
    const entry = `ServiceEntry ${PLACE}/${ROUTE}`;
    const { violations } = prove(change(entry, ['spec', 'endpoints', 0, 'address'], address));
    expect(codes(violations)).toEqual(expected);
    for (const { openedBy } of violations) expect(openedBy.map(({ label }) => label)).toContain(entry);
  });

  test('[NET-4] fails where a host of a tenant with sidecars leads past the gateway', () => {
    const past = change('ServiceEntry acme-serve/to-api-openai-com', ['spec', 'endpoints']);
    expect(codes(prove(past).violations)).toEqual(['PRV038']);
  });

  test('[NET-4] fails where the namespace does not say that it may call the gateway', () => {
    const silent = objects.map((one) =>
      objectLabel(one) === 'Namespace acme-serve'
        ? { ...one, metadata: { ...one.metadata, labels: { 'drun.io/tenant': 'acme', 'istio-injection': 'enabled' } } }
        : one,
    );
    const open = silent.map((one) =>
      objectLabel(one) === `NetworkPolicy ${PLACE}/allow-callers`
        ? networkPolicy(`${PLACE}/allow-callers`, { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] })
        : one,
    );
    expect(codes(prove(silent).violations)).toEqual([]);
    expect(codes(prove(open).violations)).toContain('PRV020');
  });
});
