import type { Construct } from 'constructs';

/** Clause id of the security whitepaper, such as `NET-4`; the promises are in {@link CONTROLS}. */
export type ControlId = keyof typeof CONTROLS;

/**
 * The promises this platform must make true, by stable id. The text is the promise as the customer reads it; how it is
 * kept is said where a construct claims it with {@link satisfies}.
 */
export const CONTROLS = {
  'IAM-1': 'OAuth 2.0 and OpenID Connect single sign-on',
  'IAM-2': 'role-based access control, each role limited to its duty',
  'IAM-3': 'multi-factor authentication for people',
  'IAM-4': 'API keys are short-lived and finely scoped',
  'ENC-1': 'TLS 1.3 for all API traffic',
  'ENC-2': 'AES-256 encryption at rest',
  'ENC-3': 'secrets are held in Vault, rotated, and reached by few',
  'BDR-1': 'daily incremental and weekly full backups in several regions',
  'BDR-2': 'off-site copies and automatic failover',
  'BDR-3': 'periodic hash-based integrity checks of backups',
  'NET-1': 'service mesh with mutual TLS, traffic control and authorization',
  'NET-2': 'web application firewall against injection and cross-site scripting',
  'NET-3': 'protection against denial of service',
  'NET-4': 'network policies with least privilege',
  'NET-5': 'isolation at the network plugin that tenants cannot open',
  'CTR-1': 'images are scanned before deployment, and fixed',
  'CTR-2': 'images are signed and come from trusted sources',
  'CTR-3': 'no privileged containers, no root',
  'CTR-4': 'sandboxed runtimes for untrusted work',
  'CTR-5': 'runtime threat detection',
  'GPU-1': 'GPU node pools are leased safely',
  'MDL-1': 'model files are signed and hash-checked',
  'MDL-2': 'models are reached only with authorization and tokens',
  'MDL-3': 'inference runs in a sandbox',
  'MDL-4': 'homomorphic encryption and differential privacy',
  'MDL-5': 'adversarial inputs are detected and mitigated',
  'MON-1': 'logs of API calls, user actions and system events',
  'MON-2': 'metrics and dashboards',
  'MON-3': 'security events reach a SIEM and raise alerts',
  'MON-4': 'anomalies are detected and answered',
  'MON-5': 'operations leave a verifiable audit trail',
  'CMP-1': 'ISO/IEC 27001:2022 evidence is generated',
  'SCN-1': 'compute leasing',
  'SCN-2': 'large-model services',
  'SCN-3': 'AI application management',
} as const;

/** One claim: this construct makes this control true, and how. */
export interface Claim {
  readonly control: ControlId;
  readonly how: string;
}

const claims = new WeakMap<Construct, readonly Claim[]>();

/**
 * Claims a control where it is made true. The evidence report joins the claims with the objects below the construct and
 * with the tests that carry the same id.
 *
 * @example
 * satisfies(new Chart(new App(), 'net'), 'NET-4', 'tenant traffic is denied unless declared');
 */
export function satisfies(construct: Construct, control: ControlId, how: string): void {
  claims.set(construct, [...claimsOf(construct), { control, how }]);
}

/** Claims each control of a table, as {@link satisfies} does, or each claim of a list that several constructs share. */
export function satisfiesAll(construct: Construct, controls: ControlTable | readonly Claim[]): void {
  const known = claimsOf(construct);
  const more = isClaims(controls) ? controls : claimsIn(controls);
  claims.set(construct, known.length === 0 ? more : [...known, ...more]);
}

/** How each control is made true, in one sentence. */
export type ControlTable = Readonly<Partial<Record<ControlId, string>>>;

/** The claims of a table. */
export function claimsIn(controls: ControlTable): readonly Claim[] {
  return Object.entries(controls).flatMap(([control, how]) => (isControlId(control) ? [{ control, how }] : []));
}

function isClaims(controls: ControlTable | readonly Claim[]): controls is readonly Claim[] {
  return Array.isArray(controls);
}

/** What a construct itself has claimed, in the order of the claims; not what its children claim. */
export function claimsOf(construct: Construct): readonly Claim[] {
  return claims.get(construct) ?? [];
}

/** Whether `text` is a known clause id. */
export function isControlId(text: string): text is ControlId {
  return Object.hasOwn(CONTROLS, text);
}
