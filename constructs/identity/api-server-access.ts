import { Construct } from 'constructs';
import * as z from 'zod';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import { parseOrThrow } from '../core/parse';
import { hostPath } from './control-plane';

const CONTROLS = {
  'IAM-1': 'the API server trusts one OpenID Connect issuer and takes groups from its tokens',
} as const;

/** The single sign-on that people of this environment use. */
export const apiServerAccessSchema = z.strictObject({
  issuer: z.url({ protocol: /^https$/, error: 'an https address of the identity provider' }),
  audience: z.string().min(1).max(100).default('drun-platform'),
});

/** The issuer that people sign on with, and the audience of their tokens. */
export type ApiServerAccessProps = z.input<typeof apiServerAccessSchema>;

/** Whom the API server believes: one issuer, verified addresses, tokens of a working day; nobody else but for its health. */
export class ApiServerAccess extends Construct {
  constructor(scope: Construct, id: string, props: ApiServerAccessProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const { issuer, audience } = parseOrThrow(apiServerAccessSchema, props);
    hostFile(this, 'Authentication', {
      path: hostPath('authentication.yaml'),
      mode: '0600',
      flag: '--authentication-config',
      content: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AuthenticationConfiguration',
        jwt: [
          {
            issuer: { url: issuer, audiences: [audience] },
            claimValidationRules: [
              { expression: 'claims.email_verified == true', message: 'the address of the account must be verified' },
              { expression: 'claims.exp - claims.iat <= 43200', message: 'a token may live twelve hours at most' },
            ],
            claimMappings: {
              // The prefix keeps a group of the identity provider from ever being a group of Kubernetes.
              username: { claim: 'email', prefix: 'oidc:' },
              groups: { claim: 'groups', prefix: 'oidc:' },
            },
          },
        ],
        // Takes the place of `--anonymous-auth` (CIS Kubernetes Benchmark 1.12, 1.2.1), which would also close the probes.
        anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] },
      },
    });
  }
}
