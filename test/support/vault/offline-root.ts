import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

/** A root whose key is in this process alone, as one that lies in a safe. */
export interface OfflineRoot {
  /** Its certificate, PEM. */
  readonly certificate: string;
  /** Signs what an intermediate asks for: an authority that may sign leaves and no other authority. */
  sign(request: string): Promise<string>;
}

/** Makes a root. */
export async function offlineRoot(name: string): Promise<OfflineRoot> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(800),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true), signs()],
  });
  return {
    certificate: own.toString('pem'),
    sign: async (request) => {
      const asked = new x509.Pkcs10CertificateRequest(request);
      if (!(await asked.verify())) throw new Error('the request is not signed with its own key');
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity(400),
        subject: asked.subject,
        issuer: own.subject,
        publicKey: asked.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          signs(),
          await x509.SubjectKeyIdentifierExtension.create(asked.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return certificate.toString('pem');
    },
  };
}

/** A key for a leaf, and the request that goes to an authority; the key stays here. */
export async function leafRequest(
  names: readonly string[],
  addresses: readonly string[] = [],
): Promise<{ readonly key: string; readonly request: string }> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: '',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
    ],
  });
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, request: request.toString('pem') };
}

function signs(): x509.KeyUsagesExtension {
  return new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  const { name, namedCurve } = ALGORITHM;
  return webcrypto.subtle.generateKey({ name, namedCurve }, true, ['sign', 'verify']);
}

function validity(hours: number) {
  const now = Date.now();
  const [notBefore, notAfter] = [new Date(now - 60_000), new Date(now + hours * HOUR_MS)];
  return { serialNumber: `01${randomBytes(15).toString('hex')}`, notBefore, notAfter };
}
