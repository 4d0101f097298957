import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { seconds } from '../core/duration';
import { type VaultObject, vaultObject } from '../core/vault-object';
import { DATABASE_PASSWORDS, passwordPolicy } from './password-policy';
import { DATABASE_MOUNT, databaseName, databaseRole } from './vault-names';
import type { VaultSettings } from './vault-settings';

const CONTROLS = {
  'ENC-3': 'accounts of databases live as long as their lease, or get a new password within a month',
  'IAM-4': 'each account is a member of one database role, and belongs to one tenant',
} as const;

/** Account of Vault in every database: it may create roles, and is a member of those that it gives. */
const ACCOUNT = 'vault';

type Database = VaultSettings['databases'][string];

/**
 * Accounts in the tenants' databases. Vault gets the administrator's password by hand, once, and replaces it with one that
 * nobody knows (`database/rotate-root`): it is in no file and no state.
 */
export class Databases extends Construct {
  constructor(scope: Construct, id: string, databases: VaultSettings['databases']) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    if (Object.keys(databases).length === 0) return;
    const mount = vaultObject(this, 'Mount', {
      type: 'vault:index/mount:Mount',
      args: { path: DATABASE_MOUNT, type: 'database', description: 'accounts in databases of tenants' },
    });
    const passwords = passwordPolicy(this, 'Passwords');
    for (const [name, database] of Object.entries(databases)) this.connect(name, database, [mount, passwords]);
  }

  private connect(name: string, database: Database, first: readonly VaultObject[]): void {
    const { tenant, roles, accounts } = database;
    const own = [...Object.keys(roles), ...Object.keys(accounts)].map((role) => databaseRole(tenant, name, role));
    const [one, ...others] = own;
    if (one === undefined) return;
    const connection = vaultObject(this, `Connection-${name}`, {
      type: 'vault:database/secretBackendConnection:SecretBackendConnection',
      args: {
        backend: DATABASE_MOUNT,
        name: databaseName(tenant, name),
        allowedRoles: [one, ...others],
        // Before an administrator has given the password there is nothing to verify.
        verifyConnection: false,
        passwordPolicy: DATABASE_PASSWORDS,
        postgresql: {
          connectionUrl: `postgresql://{{username}}:{{password}}@${database.host}:${database.port}/${database.name}?sslmode=verify-full`,
          // Vault takes a connection without a password, and none without an account.
          username: ACCOUNT,
          passwordAuthentication: 'scram-sha-256',
          maxConnectionLifetime: 300,
        },
      },
    });
    connection.node.addDependency(...first);
    for (const role of [...this.leased(name, database), ...this.kept(name, database)]) {
      role.node.addDependency(connection);
    }
  }

  /** Accounts that end with their lease. */
  private leased(name: string, { tenant, roles }: Database): readonly VaultObject[] {
    return Object.entries(roles).map(([role, { grants, maxTtl }]) =>
      vaultObject(this, `Role-${name}-${role}`, {
        type: 'vault:database/secretBackendRole:SecretBackendRole',
        args: {
          backend: DATABASE_MOUNT,
          name: databaseRole(tenant, name, role),
          dbName: databaseName(tenant, name),
          creationStatements: [
            `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "${grants}"`,
            // Who is no superuser may give away what belongs to roles that it is a member of, and nothing else.
            `GRANT "{{name}}" TO "${ACCOUNT}"`,
          ],
          revocationStatements: [
            `REASSIGN OWNED BY "{{name}}" TO "${grants}"`,
            'DROP OWNED BY "{{name}}"',
            'DROP ROLE IF EXISTS "{{name}}"',
          ],
          defaultTtl: seconds(maxTtl),
          maxTtl: seconds(maxTtl),
        },
      }),
    );
  }

  /** Accounts that stay, and whose password Vault replaces. */
  private kept(name: string, { tenant, accounts }: Database): readonly VaultObject[] {
    return Object.entries(accounts).map(([role, { username, rotate }]) =>
      vaultObject(this, `Account-${name}-${role}`, {
        type: 'vault:database/secretBackendStaticRole:SecretBackendStaticRole',
        args: {
          backend: DATABASE_MOUNT,
          name: databaseRole(tenant, name, role),
          dbName: databaseName(tenant, name),
          username,
          rotationPeriod: seconds(rotate),
        },
      }),
    );
  }
}
