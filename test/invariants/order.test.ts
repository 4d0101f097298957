import { LAYERS } from '../../charts/layers';
import { type Leaf, leavesOf, manifestsOf } from '../../constructs/core/leaves';
import { ENVIRONMENTS } from '../../stacks/environments';
import { loadPlan } from '../../stacks/load';
import { buildTree } from '../../stacks/tree';

/** Ends of groups of which a chart brings the kinds, with the name of the release. */
const BROUGHT: readonly (readonly [group: RegExp, release: string])[] = [
  [/(^|\.)istio\.io$/, 'istio-base'],
  [/(^|\.)kueue\.x-k8s\.io$/, 'kueue'],
];

test.each(ENVIRONMENTS.map((environment) => [environment.name, environment] as const))(
  'in %s every object comes in a layer after the chart that brings its kind',
  (_, environment) => {
    const tree = buildTree(loadPlan(environment));
    for (const { name } of environment.regions) {
      const layers = LAYERS.map((layer) => leavesOf(tree.node.findChild(name).node.findChild(layer.name)));
      for (const [group, release] of BROUGHT) {
        const chart = layers.findIndex((leaves) => leaves.some((leaf) => isRelease(leaf, release)));
        const users = layers.flatMap((leaves, at) => (leaves.some((leaf) => isOf(leaf, group)) ? [at] : []));
        expect({ chart: chart >= 0, used: users.length > 0 }).toEqual({ chart: true, used: true });
        expect(users.filter((at) => at <= chart).map((at) => LAYERS[at]?.name)).toEqual([]);
      }
    }
  },
);

function isRelease(leaf: Leaf, name: string): boolean {
  return leaf.type === 'release' && leaf.construct.release.name === name;
}

function isOf(leaf: Leaf, group: RegExp): boolean {
  return manifestsOf(leaf).some(({ apiVersion }) => group.test(apiVersion.split('/')[0] ?? ''));
}
