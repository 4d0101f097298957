import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { createAuthority, type KeyPair } from '../../../cluster/local/certificates';
import type { ClientTls } from './client';
import { ISSUER } from './environment';
import { AUDIENCE, HOST } from './fixture';

/** Everybody's certificates and tokens; made once for all labs of a test file. */
export interface Cast {
  readonly publicRoot: string;
  readonly server: KeyPair;
  readonly cdnRoot: string;
  /** The CDN's certificate, and one that somebody else's authority gave out. */
  readonly cdn: KeyPair;
  readonly foreign: KeyPair;
  /** How the CDN speaks TLS: without its certificate nobody is heard. */
  readonly tls: ClientTls;
  readonly jwks: string;
  /** A token of the identity provider; what is given replaces its claims, and `signer` its key. */
  readonly token: (claims?: JWTPayload, signer?: 'ours' | 'theirs') => Promise<string>;
}

/** Makes certificates and tokens. */
export async function newCast(): Promise<Cast> {
  const [publicly, cdn, elsewhere] = await Promise.all([
    createAuthority('public authority'),
    createAuthority('authority of the CDN'),
    createAuthority('authority of somebody else'),
  ]);
  const keys = { ours: await generateKeyPair('RS256'), theirs: await generateKeyPair('RS256') };
  const jwk = { ...(await exportJWK(keys.ours.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const client = await cdn.issue({ name: 'cdn' });
  return {
    publicRoot: publicly.certificate,
    server: await publicly.issue({ name: HOST.open, hosts: Object.values(HOST) }),
    cdnRoot: cdn.certificate,
    cdn: client,
    tls: { ca: publicly.certificate, client },
    foreign: await elsewhere.issue({ name: 'cdn' }),
    jwks: JSON.stringify({ keys: [jwk] }),
    token: (claims = {}, signer = 'ours') =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: Math.floor(Date.now() / 1000) + 600, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .sign(keys[signer].privateKey),
  };
}
