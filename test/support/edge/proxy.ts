import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Part } from '../../../cluster/local/part';
import { recordAt } from '../../../constructs/core/json';
import { lastLines } from './control';
import { type Running, startTogether } from './running';

/** What a proxy stands for; each gets a different configuration. */
export type ProxyRole = 'router' | 'sidecar' | 'waypoint';

/** A proxy to start, as the pod that it would run in. */
export interface ProxyProps {
  /** Name of the pod. */
  readonly name: string;
  readonly role: ProxyRole;
  readonly namespace: string;
  readonly account: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The pod’s annotations; `proxy.istio.io/config` counts. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** More variables of the container. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** What `sidecar.istio.io/bootstrapOverride` would add to the bootstrap. @default - nothing */
  readonly override?: object;
  /** Which statistics it keeps, and their labels: all with Envoy's own, or as a proxy of Istio. @default 'envoy' */
  readonly statistics?: 'envoy' | 'istio';
}

/** A running Envoy. */
export interface EnvoyProxy {
  readonly address: string;
  readonly pid: number | undefined;
  /** Value of every statistic whose name matches. */
  readonly stats: (filter: string) => Promise<ReadonlyMap<string, number>>;
  /** What Envoy's own interface answers, such as for `/config_dump`. */
  readonly admin: (path: string) => Promise<string>;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** What an Envoy is started with. */
export interface EnvoyStart {
  readonly program: string;
  readonly folder: string;
  readonly adminPort: number;
  readonly props: ProxyProps;
}

/** The variables that the injector gives to a proxy’s container. */
export function proxyVariables({ name, namespace, account, labels, role, env }: ProxyProps): Record<string, string> {
  return {
    POD_NAME: name,
    POD_NAMESPACE: namespace,
    SERVICE_ACCOUNT: account,
    // A waypoint of this version marks the address of a tunnel with a type that every Envoy knows, later ones with Istio's own.
    ISTIO_META_ISTIO_VERSION: role === 'waypoint' ? '1.29.1' : '1.31.0',
    ISTIO_META_CLUSTER_ID: 'Kubernetes',
    ISTIO_METAJSON_LABELS: JSON.stringify(labels),
    // Without rights over the network a proxy cannot capture traffic: callers talk to it.
    ...(role === 'sidecar' ? { ISTIO_META_INTERCEPTION_MODE: 'NONE' } : {}),
    ...env,
  };
}

/**
 * Starts Envoy with the bootstrap that the control plane made, and waits until it has its configuration. Throws where it refused
 * any part: after a refusal an Envoy would go on with what it had before, and nothing would be proved.
 */
export function startProxy(props: EnvoyStart): Promise<EnvoyProxy> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, { program, folder, adminPort, props }: EnvoyStart) {
  const log = join(folder, `${props.name}.log`);
  const bootstrap = join(folder, 'proxies', `${props.name}.bootstrap.json`);
  const admin = (path: string) => get({ host: props.address, port: adminPort }, path);
  const read = () => readFileSync(log, 'utf8');
  const override = { ...props.override, ...statisticsOf(folder, props) };
  const part = new Part<'envoy'>({
    name: 'envoy',
    program,
    args: ['--config-path', bootstrap, '--config-yaml', JSON.stringify(override), ...FLAGS],
    log,
    isReady: async () => {
      const state = await admin('/ready').catch(() => '');
      if (state.trim() === 'LIVE') return true;
      if (state !== '') await refuseRejected(admin, read);
      return false;
    },
  });
  await running.ends(() => part.kill());
  await part.start();
  await refuseRejected(admin, read);
  return {
    address: props.address,
    pid: part.pid,
    stats: (filter: string) => statsOf(admin, filter),
    admin,
    log: read,
  };
}

/** What Istio's own template says of statistics; our tests read more of them than it keeps. */
function statisticsOf(folder: string, { name, statistics }: ProxyProps): object {
  if (statistics !== 'istio') return {};
  const read: unknown = JSON.parse(readFileSync(join(folder, 'proxies', `${name}.statistics.json`), 'utf8'));
  return recordAt({ read }, 'read');
}

const FLAGS = [
  ...['--disable-hot-restart', '--allow-unknown-static-fields'],
  ...['--concurrency', '2'],
  ...['--log-level', 'warning', '--file-flush-interval-msec', '100'],
] as const;

async function refuseRejected(admin: EnvoyProxy['admin'], log: () => string): Promise<void> {
  const rejected = [...(await statsOf(admin, 'update_rejected'))].filter(([, value]) => value > 0);
  if (rejected.length > 0)
    throw new Error(`envoy refused its configuration (${rejected[0]?.[0]}): ${lastLines(log())}`);
}

async function statsOf(admin: EnvoyProxy['admin'], filter: string): Promise<ReadonlyMap<string, number>> {
  const text = await admin(`/stats?filter=${encodeURIComponent(filter)}`);
  const lines = text.split('\n').map((line) => /^(.+): (\d+)$/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', Number(line[2])] as const])));
}

function get({ host, port }: { readonly host: string; readonly port: number }, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(text));
      response.once('error', reject);
    });
    asked.once('error', reject);
    asked.end();
  });
}
