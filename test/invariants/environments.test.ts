import { isControlId } from '../../constructs/core/control';
import { CONTROLS_ANNOTATION, LABEL, MANAGER } from '../../constructs/core/labels';
import { objectKey, objectLabel } from '../../constructs/core/manifest';
import { renderedRegions } from '../support/rendered';

const regions = renderedRegions();

describe.each(regions.map((region) => [`${region.environment}/${region.planned.region.name}`, region] as const))(
  '%s',
  (_, region) => {
    const { objects } = region;

    test('has no two objects of one kind, namespace and name', () => {
      const keys = objects.map(objectKey);
      expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    });

    test('[CMP-1] names for every object its owner and the controls it makes true', () => {
      const silent = objects.filter(({ metadata: { labels, annotations } }) => {
        const controls = annotations?.[CONTROLS_ANNOTATION]?.split(' ') ?? [];
        const owned = labels?.[LABEL.tenant] !== undefined || labels?.[LABEL.component] !== undefined;
        return labels?.[LABEL.managedBy] !== MANAGER || !owned || controls.length === 0 || !controls.every(isControlId);
      });
      expect(silent.map(objectLabel)).toEqual([]);
    });

    test('[NET-4] holds the namespace of every object that it places in one', () => {
      const known = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
      const lost = objects.filter(({ metadata: { namespace } }) => namespace !== undefined && !known.has(namespace));
      expect(lost.map(objectLabel)).toEqual([]);
    });
  },
);

test('[SCN-1] prod covers leasing, a model service, an application, an untrusted tenant, FQDN egress, a dedicated pool and two regions', () => {
  const tenants =
    regions
      .find(({ environment }) => environment === 'prod')
      ?.plan.tenants.map(({ source, regions: where }) => ({ ...source.spec, where })) ?? [];
  expect(tenants.length).toBeGreaterThanOrEqual(8);
  expect(new Set(tenants.map(({ scenario }) => scenario))).toEqual(
    new Set(['compute-leasing', 'model-service', 'ai-application']),
  );
  expect(tenants.some(({ trust }) => trust === 'untrusted')).toBe(true);
  expect(tenants.some(({ allow }) => allow?.some(({ to }) => 'fqdn' in to))).toBe(true);
  expect(tenants.some(({ pool }) => pool === 'dedicated')).toBe(true);
  expect(tenants.some(({ where }) => where.length === 2)).toBe(true);
});
