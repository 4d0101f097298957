import { Construct } from 'constructs';
import * as z from 'zod';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import { parseOrThrow } from '../core/parse';

const CONTROLS = {
  'IAM-1': 'the API server trusts one OpenID Connect issuer and takes groups from its tokens',
  'CTR-3': 'a namespace that says nothing is held to Pod Security `restricted`',
} as const;

/** The single sign-on that people of this environment use. */
export const apiServerAccessSchema = z.strictObject({
  issuer: z.url({ protocol: /^https$/, error: 'an https address of the identity provider' }),
  audience: z.string().min(1).max(100).default('drun-platform'),
});

/** The issuer that people sign on with, and the audience of their tokens. */
export type ApiServerAccessProps = z.input<typeof apiServerAccessSchema>;

/** Control-plane files: who the API server believes, and what it does with a pod that no namespace label speaks for. */
export class ApiServerAccess extends Construct {
  constructor(scope: Construct, id: string, props: ApiServerAccessProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const { issuer, audience } = parseOrThrow(apiServerAccessSchema, props);
    hostFile(this, 'Authentication', {
      path: '/etc/kubernetes/drun/authentication.yaml',
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
        anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] },
      },
    });
    hostFile(this, 'Admission', {
      path: '/etc/kubernetes/drun/admission.yaml',
      mode: '0600',
      flag: '--admission-control-config-file',
      content: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AdmissionConfiguration',
        plugins: [{ name: 'PodSecurity', configuration: podSecurity() }],
      },
    });
  }
}

function podSecurity() {
  const level = { level: 'restricted', version: 'latest' };
  return {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: {
      enforce: level.level,
      'enforce-version': level.version,
      audit: level.level,
      'audit-version': level.version,
      warn: level.level,
      'warn-version': level.version,
    },
    exemptions: { usernames: [], runtimeClasses: [], namespaces: ['kube-system'] },
  };
}
