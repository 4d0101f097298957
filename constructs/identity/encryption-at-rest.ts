import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import { parseOrThrow } from '../core/parse';
import { type ControlPlaneProps, controlPlaneSchema, hostPath } from './control-plane';

const CONTROLS = {
  'ENC-2': 'everything in etcd is encrypted with AES-256 under a key that only the key service holds',
  'ENC-3': 'no key stands in a file of the hosts, and nothing is ever written in plain text',
} as const;

/**
 * What the API server does with objects before they reach etcd. Everything is encrypted, not Secrets and ConfigMaps alone:
 * passwords also stand in the environment of pods, in the values of releases and in custom resources. Encryption by a key
 * service derives a key for each object from a seed in memory, so that it costs no call for each of them
 * (https://kubernetes.io/docs/tasks/administer-cluster/kms-provider/, CIS Kubernetes Benchmark 1.12: 1.2.27, 1.2.28).
 *
 * There is no `identity` provider, not even the last one: a store that somebody wrote plain text into is an error, not
 * something to be read. A cluster that has such a store is rewritten before it gets this file.
 */
export class EncryptionAtRest extends Construct {
  constructor(scope: Construct, id: string, props: ControlPlaneProps = {}) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const { kmsSocket } = parseOrThrow(controlPlaneSchema, props);
    hostFile(this, 'Encryption', {
      path: hostPath('encryption.yaml'),
      mode: '0600',
      flag: '--encryption-provider-config',
      content: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'EncryptionConfiguration',
        resources: [
          {
            resources: ['*.*'],
            providers: [{ kms: { apiVersion: 'v2', name: 'drun', endpoint: kmsSocket, timeout: '3s' } }],
          },
        ],
      },
    });
  }
}
