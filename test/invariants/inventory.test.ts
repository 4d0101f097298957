import { EXPECTATIONS, faults } from '../support/inventory';
import { orderOf, renderedRegions } from '../support/rendered';

const regions = renderedRegions().map(
  (region) => [`${region.environment}/${region.planned.region.name}`, region] as const,
);

describe.each(EXPECTATIONS.map((expectation) => [expectation.title, expectation] as const))('%s', (_, expectation) => {
  test.each(regions)('in %s', (_name, region) => {
    expect(faults(expectation, orderOf(region), region.objects)).toEqual([]);
  });
});
