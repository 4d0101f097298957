import { join } from 'node:path';
import type { HostFileProps } from '../../constructs/core/host-file';
import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { localError } from './problem';

/** Settings of a control plane as the platform's own configuration for kubeadm has them. */
export interface ControlPlaneFlags {
  readonly apiServer: readonly string[];
  readonly controllerManager: readonly string[];
  readonly scheduler: readonly string[];
  readonly etcd: readonly string[];
  /** Range of the addresses of services. */
  readonly serviceCidr: string;
  /** File that audit events are written to. */
  readonly auditLog: string;
  /** Socket of the key service, as a path. */
  readonly kmsSocket: string;
}

/**
 * Reads the flags from the host files. They stay as they are; only a path gets the folder in front that stands for the root
 * of the host. Throws a `ProblemError` (LC001) where the platform's configuration is not among the files.
 */
export function controlPlaneFlags(hosts: readonly HostFileProps[], root: string): ControlPlaneFlags {
  const configuration = contentOf(hosts, 'ClusterConfiguration');
  const encryption = contentOf(hosts, 'EncryptionConfiguration');
  const flags = (...place: readonly string[]) => argumentsAt(configuration, root, ...place);
  const apiServer = flags('apiServer');
  const providers = listAt(encryption, 'resources').flatMap((one) => listAt(one, 'providers'));
  const endpoint = providers.flatMap((one) => stringAt(one, 'kms', 'endpoint') ?? [])[0] ?? '';
  return {
    apiServer,
    controllerManager: flags('controllerManager'),
    scheduler: flags('scheduler'),
    etcd: flags('etcd', 'local'),
    serviceCidr: stringAt(configuration, 'networking', 'serviceSubnet') ?? '10.96.0.0/16',
    auditLog: apiServer.find((flag) => flag.startsWith('--audit-log-path='))?.split('=')[1] ?? '',
    kmsSocket: endpoint.replace(/^unix:\/\//, ''),
  };
}

/** The content of the one host file of a kind. */
function contentOf(hosts: readonly HostFileProps[], kind: string): unknown {
  const found = hosts.find(({ content }) => content.kind === kind);
  if (found === undefined)
    throw localError('LC001', kind, `${hosts.length} host files without it`, `a file of kind ${kind}`);
  return found.content;
}

function argumentsAt(configuration: unknown, root: string, ...place: readonly string[]): readonly string[] {
  return listAt(valueAt(configuration, ...place), 'extraArgs').map((one) => {
    const value = stringAt(one, 'value') ?? '';
    return `--${stringAt(one, 'name')}=${value.startsWith('/') ? join(root, value) : value}`;
  });
}
