import * as pulumi from '@pulumi/pulumi';
import { PLUGIN_VERSION } from './plugins';
import { withReadiness } from './readiness';
import type { Registration } from './registration';

/** Any Kubernetes object, or Helm release, by its type token. The classes of `@pulumi/kubernetes` take a second to load. */
export class KubernetesObject extends pulumi.CustomResource {
  constructor(registration: Registration, options: pulumi.CustomResourceOptions) {
    const { token, name } = registration;
    super(token, name, inputsOf(registration), { ...options, version: PLUGIN_VERSION.kubernetes });
  }
}

/** What the engine is given: an object with the annotations that say when it is ready, anything else as it is. */
export function inputsOf(registration: Registration): Record<string, unknown> {
  const { type, inputs } = registration;
  return { ...(type === 'object' ? withReadiness(inputs) : inputs) };
}

/** Any object of Vault by its type token. Its provider is that of its region. */
export class VaultResource extends pulumi.CustomResource {
  constructor({ token, name, inputs }: Registration, options: pulumi.CustomResourceOptions) {
    super(token, name, { ...inputs }, { ...options, version: PLUGIN_VERSION.vault });
  }
}

/** How a region's cluster is reached and known. */
export interface ClusterAccess {
  readonly clusterIdentifier: string;
  readonly context: string;
}

/**
 * The provider of one region. The kubeconfig is the one of the environment it runs in and never enters the state; the
 * identifier keeps a new path or credential from looking like a new cluster.
 */
export class ClusterProvider extends pulumi.ProviderResource {
  constructor(region: string, { clusterIdentifier, context }: ClusterAccess) {
    super('kubernetes', region, { clusterIdentifier, context }, { version: PLUGIN_VERSION.kubernetes });
  }
}

/**
 * The Vault of one region. The token is the one of the environment it runs in (`VAULT_TOKEN`) and never enters the state; no
 * child of it is made, because administrators may not make tokens.
 */
export class VaultProvider extends pulumi.ProviderResource {
  constructor(region: string, address: string) {
    super('vault', region, { address, skipChildToken: true }, { version: PLUGIN_VERSION.vault });
  }
}
