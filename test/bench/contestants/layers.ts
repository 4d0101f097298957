import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { leavesOf, manifestsOf } from '../../../constructs/core/leaves';
import { manifest } from '../../../constructs/core/manifest';
import { Platform } from '../../../constructs/core/platform';
import { emitYaml } from '../../../stacks/yaml/emit';
import type { Job, Said } from '../job';

const LAYERS = 10;
const OBJECTS_A_TENANT = 30;

/**
 * One construct for each object, thirty times `count` of them in one chart, in ten layers declared last layer first: each
 * object depends on two of the layer before it, and each layer on the whole layer before it.
 */
export function layers({ count, out }: Job): Said {
  const chart = new Chart(new Platform(), 'layers');
  const width = (count * OBJECTS_A_TENANT) / LAYERS;
  const scopes = Array.from(
    { length: LAYERS },
    (_, layer) => new Construct(chart, `Layer${LAYERS - 1 - layer}`),
  ).reverse();
  const objects = scopes.map((scope, layer) => Array.from({ length: width }, (_, i) => place(scope, layer, i)));
  objects.forEach((row, layer) => {
    const below = objects[layer - 1];
    if (below === undefined) return;
    const before = scopes[layer - 1];
    if (before !== undefined) scopes[layer]?.node.addDependency(before);
    row.forEach((object, i) => {
      const two = [below[i], below[(i * 7 + 1) % width]].filter((one) => one !== undefined);
      object.node.addDependency(...two);
    });
  });
  const sorted = leavesOf(chart).flatMap(manifestsOf);
  writeFileSync(join(out, 'layers.yaml'), emitYaml(sorted));
  const inOrder = sorted.every(
    ({ metadata }, i) => i === 0 || layerOf(metadata.name) >= layerOf(sorted[i - 1]?.metadata.name),
  );
  return { objects: sorted.length, inOrder };
}

function place(scope: Construct, layer: number, i: number) {
  const name = `l${layer}-o${i}`;
  return manifest(scope, `Object${i}`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'bench', labels: { layer: String(layer) } },
  });
}

function layerOf(name = 'l0'): number {
  return Number(name.slice(1, name.indexOf('-')));
}
