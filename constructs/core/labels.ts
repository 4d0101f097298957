/** Labels and annotations by which the platform knows its own objects. Tenants cannot write them: admission refuses. */
export const LABEL = {
  /** Name of the tenant that owns the object. */
  tenant: 'drun.io/tenant',
  /** Platform component that owns the object; an object has this or `tenant`. */
  component: 'drun.io/component',
  /** Always {@link MANAGER}: the object is the platform's and no tenant may change it. */
  managedBy: 'app.kubernetes.io/managed-by',
  /** Trust level of a tenant namespace: `trusted`, `standard` or `untrusted`. */
  trust: 'drun.io/trust',
  /** Node pool a node or a tenant belongs to. */
  pool: 'drun.io/pool',
  /** `drun.io/uses-<service>: 'true'` on a namespace opens that platform service to it. */
  usesPrefix: 'drun.io/uses-',
  /** {@link ACROSS_REGIONS} on a namespace: its services answer in every region of the mesh. */
  scope: 'drun.io/scope',
} as const;

/** Labels that only live objects have: added on the way to a cluster, by Pulumi's sink and by the project's own path. */
export const IDENTITY_LABEL = {
  /** Stack that the object belongs to, such as `dev` or `prod-tenants-00`. */
  stack: 'drun.io/stack',
  /** Hash of the Pulumi URN: which resource of the stack the object is. */
  urn: 'drun.io/urn',
} as const;

/** Value of {@link LABEL}`.scope` for services that are known beyond their region. */
export const ACROSS_REGIONS = 'mesh';

/** Space-separated clause ids that an object makes true, such as `NET-4 NET-5`. */
export const CONTROLS_ANNOTATION = 'drun.io/controls';

/** The recovery point that a schedule promises, such as `24h`: the most work, in time, that a disaster may cost. */
export const RPO_ANNOTATION = 'drun.io/rpo';

/** Value of `app.kubernetes.io/managed-by` on everything this project makes. */
export const MANAGER = 'drun-platform';
