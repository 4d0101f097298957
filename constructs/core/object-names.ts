/** Name of a tenant's namespace. The suffix cannot collide: tenant and suffix are checked as a pair by the plan. */
export function namespaceName(tenant: string, suffix: string): string {
  return `${tenant}-${suffix}`;
}

/** The API server's name for an OIDC group: the prefix is set in its AuthenticationConfiguration. */
export function oidcGroup(group: string): string {
  return `oidc:${group}`;
}

/** A host as part of an object name: dots become dashes, long names are cut and keep a checksum so that they stay unique. */
export function hostSlug(host: string): string {
  const slug = host.replaceAll('.', '-');
  return slug.length <= 50 ? slug : `${slug.slice(0, 41)}-${checksum(host)}`;
}

/**
 * Name of the objects that publish a host: dots become dashes and dashes two, so that no two hosts share one. Without
 * dots, because Istio's route names are parted by them and a Gateway with one in its name could not be named by patches.
 *
 * @example
 * publishedName('api.lumen-ai.example'); // api-lumen--ai-example
 */
export function publishedName(host: string): string {
  const name = host.replaceAll('-', '--').replaceAll('.', '-');
  return name.length <= 200 ? name : `${name.slice(0, 180)}---${checksum(host)}`;
}

/** 32-bit FNV-1a of `text` as eight hexadecimal digits. For names and stable assignment, never for security. */
export function checksum(text: string): string {
  return fnv1a(text).toString(16).padStart(8, '0');
}

/** 32-bit FNV-1a of the UTF-16 units of `text` (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}
