import { diffObjects, diffPosture } from '../../analysis/diff';
import { proveRbac } from '../../analysis/rbac';
import { listAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { renderedRegions } from '../support/rendered';
import { rule } from './rbac/fixture';

const regions = renderedRegions();
const cases = regions.map(
  ({ environment, planned, objects }) => [`${environment}/${planned.region.name}`, objects] as const,
);
const prod = regions.find(({ environment }) => environment === 'prod')?.objects ?? [];

/** The smallest region: every object of it is taken out once. */
const region = [...cases].sort(([, a], [, b]) => a.length - b.length)[0]?.[1] ?? [];

/** Rules that must not be in any role of a tenant, one of each family. */
const POISON = [
  rule('*', 'configmaps'),
  rule('patch', 'resourcequotas'),
  rule('delete', 'networkpolicies', 'networking.k8s.io'),
  rule('patch', 'namespaces'),
  rule('bind', 'clusterroles', 'rbac.authorization.k8s.io'),
  rule('impersonate', 'serviceaccounts'),
  rule('get', 'services/proxy'),
  rule('create', 'pods/binding'),
  rule('update', 'tenantpolicies', 'policy.drun.io'),
  rule('create', 'authorizationpolicies', 'security.istio.io'),
];

describe('committed environments', () => {
  test.each(cases)('[IAM-2] no tenant of %s can escalate through RBAC', (_, objects) => {
    expect(proveRbac({ objects }).violations).toEqual([]);
  });

  test.each(POISON.map((one) => [JSON.stringify(one), one] as const))(
    '[IAM-2] fails when the developer role of prod gets %s',
    (_, one) => {
      const objects = prod.map((object) =>
        isDeveloper(object) ? Object.assign({ ...object }, { rules: [...listAt(object, 'rules'), one] }) : object,
      );
      expect(proveRbac({ objects }).violations.length).toBeGreaterThan(0);
    },
  );

  test('[IAM-2] a right that no role binding can give is no violation', () => {
    const harmless = rule('get', 'nodes/proxy');
    const objects = prod.map((object) =>
      isDeveloper(object) ? Object.assign({ ...object }, { rules: [...listAt(object, 'rules'), harmless] }) : object,
    );
    expect(proveRbac({ objects }).violations).toEqual([]);
  });

  test('[IAM-2] fails when any group of prod is bound in the namespace of another tenant', () => {
    const bindings = prod.filter(
      ({ kind, metadata: { labels } }) => kind === 'RoleBinding' && labels?.[LABEL.tenant] !== undefined,
    );
    expect(bindings.length).toBeGreaterThan(10);
    for (const binding of bindings) {
      const other = bindings.find(
        ({ metadata }) => metadata.labels?.[LABEL.tenant] !== binding.metadata.labels?.[LABEL.tenant],
      );
      const moved = {
        ...binding,
        metadata: { ...binding.metadata, name: 'moved', namespace: other?.metadata.namespace ?? '' },
      };
      const { violations } = proveRbac({ objects: [...prod, moved] });
      expect(violations.flatMap(({ code, objects }) => (code === 'PRV101' ? objects : []))).toContain(
        objectLabel(moved),
      );
    }
  });

  test('[CMP-1] the removal of any object of a region is said in words', () => {
    const silent = region.filter(
      (gone) =>
        diffPosture(
          region,
          region.filter((object) => object !== gone),
        ).length === 0,
    );
    expect(region.length).toBeGreaterThan(100);
    expect(silent.map(objectLabel)).toEqual([]);
  });

  test.each(cases)('a copy of %s in another order does not differ', (_, objects) => {
    const copy: readonly Manifest[] = JSON.parse(JSON.stringify(objects));
    expect(diffObjects(objects, [...copy].reverse())).toEqual([]);
    expect(diffPosture(objects, [...copy].reverse())).toEqual([]);
  });
});

function isDeveloper({ kind, metadata }: Manifest): boolean {
  return kind === 'ClusterRole' && metadata.name === 'drun-tenant-developer';
}
