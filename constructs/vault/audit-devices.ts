import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { vaultObject } from '../core/vault-object';
import type { VaultSettings } from './vault-settings';

const CONTROLS = {
  'MON-1': 'every request to Vault is written twice, in two ways; one that can be written in neither is refused',
} as const;

/** An audit device: kind, place and options, as Vault and OpenBao both name them. */
export interface AuditDevice {
  readonly type: 'file' | 'socket';
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The two devices, of two kinds, so that what stops one does not stop the other. */
export function auditDevices({ collector }: VaultSettings['audit']): readonly [AuditDevice, AuditDevice] {
  return [
    { type: 'file', path: 'log', options: { file_path: 'stdout' } },
    {
      type: 'socket',
      path: 'collector',
      options: { address: `${collector.host}:${collector.port}`, socket_type: 'tcp', write_timeout: '2s' },
    },
  ];
}

/** Two audit devices. OpenBao takes them from its own configuration and not from its API, so there it has none to place. */
export class AuditDevices extends Construct {
  constructor(scope: Construct, id: string, { audit, provider }: VaultSettings) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    if (provider === 'openbao') return;
    const placed = auditDevices(audit).map(({ type, path, options }) =>
      vaultObject(this, path, {
        type: 'vault:index/audit:Audit',
        args: { type, path, description: `audit events, ${type}`, options },
      }),
    );
    // One after the other: while one is set up, Vault refuses every other request.
    placed.forEach((device, at) => {
      const before = placed[at - 1];
      if (before !== undefined) device.node.addDependency(before);
    });
  }
}
