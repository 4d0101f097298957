import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder, writeKeyPair, writePrivate } from '../../../cluster/local/host-root';
import { freePorts } from '../../../cluster/local/ports';
import { recordAt, stringAt } from '../../../constructs/core/json';
import { emitYaml } from '../../../stacks/yaml/emit';
import { toolPath } from '../../../tools/provide';
import { type Control, startControl } from './control';
import type { MeshPki } from './mesh-pki';
import { type EnvoyProxy, type ProxyProps, proxyVariables, startProxy } from './proxy';
import { type Running, startTogether } from './running';

/** A mesh to start. */
export interface EdgeProps {
  /** Everything that istiod would read from the API server, as the platform writes it. */
  readonly objects: readonly object[];
  /** Istio's MeshConfig, as the platform sets it. */
  readonly mesh: object;
  readonly pki: MeshPki;
  readonly proxies: readonly ProxyProps[];
}

/** Istio's control plane and the proxies that it configures, all at work. */
export interface Edge {
  readonly control: Control;
  /** Proxies in the order in which they were asked for. */
  readonly proxies: readonly EnvoyProxy[];
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

/** Starts the control plane, then all proxies at once. Whatever was started is stopped where one of them fails. */
export function startEdge(props: EdgeProps): Promise<Edge> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, { objects, mesh, pki, proxies }: EdgeProps) {
  const folder = newFolder();
  await running.ends(() => rmSync(folder, { recursive: true, force: true }));
  const ports = await freePorts(proxies.length);
  writePrivate(join(folder, 'manifests', 'objects.yaml'), emitYaml(objects.map(withoutStatistics)));
  writePrivate(join(folder, 'mesh.yaml'), emitYaml([{ trustDomain: pki.trustDomain, ...mesh }]));
  await writePki(folder, pki, proxies);
  writeProxies(folder, proxies, ports);
  const control = await running.has(startControl(await toolPath('edge-lab'), folder));
  const program = await toolPath('envoy');
  const started = await Promise.allSettled(
    proxies.map((props, at) => running.has(startProxy({ program, folder, adminPort: ports[at] ?? 0, props }))),
  );
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return { control, folder, proxies: started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])) };
}

/** Envoy as its makers release it has none of Istio’s own filters: the one that counts requests cannot be asked for. */
function withoutStatistics(object: object): object {
  if (stringAt(object, 'kind') !== 'Telemetry') return object;
  return { ...object, spec: { ...recordAt(object, 'spec'), metrics: [] } };
}

async function writePki(folder: string, pki: MeshPki, proxies: readonly ProxyProps[]): Promise<void> {
  const place = join(folder, 'pki');
  writePrivate(join(place, 'root.crt'), pki.root);
  writeKeyPair(place, 'server', await pki.control());
  for (const { namespace, account } of proxies)
    writeKeyPair(join(place, namespace), account, await pki.workload(namespace, account));
}

function writeProxies(folder: string, proxies: readonly ProxyProps[], ports: readonly number[]): void {
  mkdirSync(join(folder, 'proxies'), { recursive: true });
  proxies.forEach((props, at) => {
    const { name, role, namespace, account, address, annotations = {} } = props;
    const identity = join(folder, 'pki', namespace, account);
    const wanted = {
      id: `${role}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      address,
      env: proxyVariables(props),
      annotations,
      admin: { host: address, port: ports[at] },
      certificate: `${identity}.crt`,
      key: `${identity}.key`,
    };
    writePrivate(join(folder, 'proxies', `${name}.json`), JSON.stringify(wanted));
  });
}
