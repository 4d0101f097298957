import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { startWeb } from './stand-in-web';

/** Claims of a token; times are seconds from now. */
export interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
  /** How the person signed on (RFC 8176). */
  readonly amr?: readonly string[];
  readonly iss?: string;
  readonly aud?: string;
  readonly issuedAt?: number;
  readonly expires?: number;
}

/** An identity provider that stands in for the one of an environment, under the very address that the environment names. */
export interface StandInIssuer {
  /** Variables with which a program written in Go finds the issuer, and believes that it is the one. */
  readonly env: Readonly<Record<string, string>>;
  /** A token of this issuer. */
  sign(claims: Claims): Promise<string>;
  /** A token with the issuer's name and key id, signed by somebody else. */
  forge(claims: Claims): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the issuer: discovery and keys over https, so that the API server runs with the configuration that ships. */
export async function startIssuer(issuer: string, audience: string, folder: string): Promise<StandInIssuer> {
  const { hostname, pathname } = new URL(issuer);
  const own = await generateKeyPair('ES256');
  const foreign = await generateKeyPair('ES256');
  const documents: Readonly<Record<string, unknown>> = {
    [`${pathname}/.well-known/openid-configuration`]: discovery(issuer),
    [`${pathname}/keys`]: {
      keys: [{ ...(await exportJWK(own.publicKey)), kid: 'stand-in', alg: 'ES256', use: 'sig' }],
    },
  };
  const web = await startWeb(
    [hostname],
    (request, response) => {
      const document = documents[request.url ?? ''];
      response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    },
    folder,
  );
  const signed = (key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']) => (claims: Claims) =>
    new SignJWT(payload({ iss: issuer, aud: audience, ...claims }))
      .setProtectedHeader({ alg: 'ES256', kid: 'stand-in' })
      .sign(key);
  return {
    env: web.env,
    sign: signed(own.privateKey),
    forge: signed(foreign.privateKey),
    stop: web.stop,
  };
}

function discovery(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

function payload({ issuedAt = 0, expires = 3600, ...claims }: Claims): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return { sub: claims.email ?? 'nobody', iat: now + issuedAt, exp: now + expires, ...claims };
}
