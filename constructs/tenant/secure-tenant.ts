import type { Construct } from 'constructs';
import { type ClusterFacts, clusterFactsOf } from '../core/cluster-facts';
import { claimsIn, satisfiesAll } from '../core/control';
import type { Manifest } from '../core/manifest';
import { ManifestGroup } from '../core/manifest-group';
import type { NamedVaultObject } from '../core/vault-object';
import { type EdgeFacts, edgeFactsOf } from '../ingress/edge-facts';
import type { ExposureProps } from '../ingress/exposure-spec';
import type { TenantSecretProps } from '../vault/tenant-secret';
import { type VaultFacts, vaultFactsOf } from '../vault/vault-facts';
import type { Peer, TenantPeer, TenantPeerRef } from './peers';
import { TENANT_PARTS, tenantManifests } from './tenant-manifests';
import { type TenantProps, type TenantSpec, tenantSpec } from './tenant-spec';
import { vaultAccess } from './vault-access';

/** What every tenant claims, made once for all of them. */
const CLAIMS = TENANT_PARTS.flatMap(({ controls }) => claimsIn(controls));

/**
 * A tenant that is closed until it is opened: namespaces under Pod Security `restricted`, quotas, roles, default-deny
 * networks in three layers, strict mutual TLS, admission parameters and a queue.
 *
 * The cluster it lands in is what `provideClusterFacts` said above it in the tree. Throws a `ProblemError` that lists
 * every mistake in the props.
 *
 * @example
 * const chart = new Chart(new App(), 'tenants');
 * const acme = new SecureTenant(chart, 'acme', {
 *   name: 'acme',
 *   owner: 'ml@acme.example',
 *   trust: 'standard',
 *   namespaces: { train: { cpu: 64, memory: Memory.gib(512), gpus: 8 } },
 *   gpu: { mode: 'whole', count: 8 },
 *   access: { developer: ['acme-developers'] },
 * });
 * acme.allow(fqdn('api.openai.com'), [443]);
 */
export class SecureTenant extends ManifestGroup implements TenantPeer {
  private current: TenantSpec;
  private readonly cluster: ClusterFacts;
  private readonly edge: EdgeFacts;
  private readonly vault: VaultFacts | undefined;

  constructor(scope: Construct, id: string, props: TenantProps | TenantSpec) {
    super(scope, id);
    this.current = tenantSpec(props);
    this.cluster = clusterFactsOf(this);
    this.edge = edgeFactsOf(this);
    this.vault = vaultFactsOf(this);
    satisfiesAll(this, CLAIMS);
  }

  /** What the tenant is now, with every `allow` and `accept` so far. */
  get spec(): TenantSpec {
    return this.current;
  }

  /** Opens a path out of this tenant. To another tenant it is usable once that tenant accepts it. */
  allow(peer: Peer, ports: readonly number[] = [443]): this {
    return this.extend({ allow: [...this.current.allow, { to: peer.toPeer(), ports: [...ports] }] });
  }

  /** Opens a path into this tenant, or into one of its namespaces: the other half of the peer's `allow`. */
  accept(peer: TenantPeer, ports: readonly number[], namespace?: string): this {
    const entry = { from: peer.toPeer(), ports: [...ports], ...(namespace === undefined ? {} : { namespace }) };
    return this.extend({ accept: [...this.current.accept, entry] });
  }

  /**
   * Publishes a service to the world: certificate, route, firewall, limits of requests, and who may call it. The host
   * becomes one of the tenant's own. Callers need a token of the single sign-on unless `identity` says why not.
   *
   * @example
   * const lumen = new SecureTenant(new Chart(new App(), 'tenants'), 'lumen', {
   *   name: 'lumen', owner: 'ml@lumen.example', trust: 'standard', namespaces: { serve: {} },
   * });
   * lumen.expose({
   *   name: 'chat',
   *   host: 'api.lumen.example',
   *   namespace: 'serve',
   *   service: 'gateway',
   *   port: 8443,
   *   type: 'inference',
   *   paths: ['/v1'],
   *   rate: { perAddress: 600 },
   * });
   */
  expose(exposure: ExposureProps): this {
    const { hosts, expose } = this.current;
    const known = hosts.includes(exposure.host) ? hosts : [...hosts, exposure.host];
    return this.extend({ hosts: [...known], expose: [...expose, exposure] });
  }

  /** One namespace of this tenant as a peer: `beta.allow(acme.in('serve'), [8443])`. */
  in(namespace: string): TenantPeer {
    const tenant = this.current.name;
    return { toPeer: () => ({ tenant, namespace }) };
  }

  /** The first namespace of this tenant as a peer. */
  toPeer(): TenantPeerRef {
    return { tenant: this.current.name, namespace: Object.keys(this.current.namespaces)[0] ?? '' };
  }

  /** Lets one account of the tenant read a secret; `vault.grantRead(tenant, 'db')` says it from the other side. */
  readSecret(secret: TenantSecretProps): this {
    return this.extend({ secrets: [...this.current.secrets, secret] });
  }

  override vaultObjects(): readonly NamedVaultObject[] {
    return this.vault === undefined ? [] : vaultAccess(this.current, this.vault);
  }

  override manifests(): readonly Manifest[] {
    return tenantManifests(this.current, this.cluster, this.edge, this.vault);
  }

  private extend(more: Pick<TenantProps, 'allow' | 'accept' | 'expose' | 'hosts' | 'secrets'>): this {
    this.current = tenantSpec({ ...this.current, ...more });
    return this;
  }
}
