import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../../../cluster/local/control-plane';
import { newFolder } from '../../../cluster/local/host-root';
import { hostFilesOf, localPlan } from '../../../cluster/local/region';
import type { HostFileProps } from '../../../constructs/core/host-file';
import { isRecord, type Json } from '../../../constructs/core/json';
import { dev } from '../../../stacks/environments/dev';
import { loadPlan } from '../../../stacks/load';
import { buildTree } from '../../../stacks/tree';
import { type StandInIssuer, startIssuer } from './stand-in-issuer';

/** One request to the API server. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: Json;
  /** Bearer token; `''` for nobody. @default - the administrator's certificate */
  readonly token?: string;
  readonly contentType?: string;
}

/** What it answered. */
export interface Said {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A control plane with `dev`'s host files and an identity provider under `dev`'s address. */
export interface World {
  readonly plane: ControlPlane;
  readonly issuer: StandInIssuer;
  ask(request: Ask): Promise<Said>;
  /** Every audit event so far. */
  audit(): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** How a world differs from what ships. */
export interface WorldOptions {
  /** Changes the host files before they are written: what a mutation test weakens. */
  readonly change?: (file: HostFileProps) => HostFileProps;
  readonly controllers?: boolean;
  /** @default - a key in a file */
  readonly keyService?: ControlPlaneOptions['keyService'];
}

/** Starts a control plane as `dev` ships it. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { change = (file) => file, controllers = false, keyService } = options;
  const folder = newFolder();
  const plan = localPlan(loadPlan(dev), folder);
  const [region] = plan.regions;
  if (region === undefined) throw new Error('dev has no region');
  const hosts = hostFilesOf(buildTree(plan), region.region.name).map(change);
  const issuer = await startIssuer(dev.access.issuer, dev.access.audience, join(folder, 'web'));
  const started = startControlPlane({
    ...{ hosts, folder: join(folder, '0'), env: issuer.env, controllers },
    ...(keyService === undefined ? {} : { keyService }),
  });
  const plane = await started.catch(async (error: unknown) => {
    await issuer.stop();
    throw error;
  });
  return {
    plane,
    issuer,
    ask: (one) => ask(plane, one),
    audit: () => eventsIn(plane.auditLog),
    stop: async () => {
      await plane.stop();
      await issuer.stop();
    },
  };
}

function ask({ admin }: ControlPlane, { method = 'GET', path, body, token, contentType }: Ask): Promise<Said> {
  const identity = token === undefined ? { cert: admin.client?.certificate, key: admin.client?.key } : {};
  const headers = {
    'content-type': contentType ?? 'application/json',
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${admin.url}${path}`, { method, ca: admin.authority, ...identity, headers, agent: false });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: jsonIn(text), headers: response.headers }),
      );
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(text);
    return isRecord(found) ? found : { text };
  } catch {
    return { text };
  }
}

function eventsIn(file: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isRecord);
}
