import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import type { VaultRegion } from './region';

/**
 * A token of an account with other times, or by somebody else's hand. The API server gives out none that lasts less than ten
 * minutes, so that one that is over has to be signed with its key, which lies beside the control plane.
 */
export async function resign(
  { world }: Pick<VaultRegion, 'world'>,
  token: string,
  { expired = false, forged = false }: { readonly expired?: boolean; readonly forged?: boolean },
): Promise<string> {
  const { alg = 'ES256', kid } = decodeProtectedHeader(token);
  const pem = readFileSync(join(world.plane.folder, 'root/etc/kubernetes/pki/sa.key'), 'utf8');
  const key = forged ? (await generateKeyPair(alg)).privateKey : await importPKCS8(pem, alg);
  const now = Math.floor(Date.now() / 1000);
  const times = expired ? { iat: now - 7200, nbf: now - 7200, exp: now - 3600 } : {};
  const header = { alg, ...(kid === undefined ? {} : { kid }) };
  return new SignJWT({ ...decodeJwt(token), ...times }).setProtectedHeader(header).sign(key);
}
