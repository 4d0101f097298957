import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { vaultObject } from '../core/vault-object';
import { type PeopleFacts, peopleLogin } from './login';
import { PEOPLE_MOUNT } from './vault-names';
import { type Grant, vaultPolicy } from './vault-policy';

const CONTROLS = {
  'IAM-1': 'people log in to Vault with tokens of the single sign-on; no password of theirs is in it',
  'IAM-3': 'a token that was got without a second factor is refused by every role',
} as const;

/**
 * How people log in: with a token of the environment's identity provider, checked against its keys. It is the `jwt` kind
 * and not `oidc`, because that one would need the secret of a client.
 */
export class PeopleAuth extends Construct {
  constructor(
    scope: Construct,
    id: string,
    issuer: string,
    private readonly facts: PeopleFacts,
  ) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    vaultObject(this, 'Method', {
      type: 'vault:jwt/authBackend:AuthBackend',
      args: {
        type: 'jwt',
        path: PEOPLE_MOUNT,
        description: 'people of the single sign-on',
        oidcDiscoveryUrl: issuer,
        boundIssuer: issuer,
      },
    });
  }

  /** Gives groups of people a role, with exactly these grants. */
  grant(role: string, groups: readonly string[], grants: readonly Grant[]): void {
    const policy = vaultObject(this, `Policy-${role}`, vaultPolicy(role, grants));
    const login = vaultObject(this, `Role-${role}`, peopleLogin(PEOPLE_MOUNT, role, groups, this.facts));
    login.node.addDependency(policy, this.node.findChild('Method'));
  }
}
