import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface Subject {
  /** Common name: the user that Kubernetes takes a client for. */
  readonly name: string;
  /** Organization: the group that Kubernetes takes a client to be in. */
  readonly group?: string;
  /** Names and addresses of a server. */
  readonly hosts?: readonly string[];
  /** Identities as URIs, such as those of SPIFFE. */
  readonly uris?: readonly string[];
}

/** An authority that signs certificates for one control plane; its key is written nowhere unless asked for. */
export interface Authority extends KeyPair {
  issue(subject: Subject): Promise<KeyPair>;
}

type Keys = webcrypto.CryptoKeyPair;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const { KeyUsageFlags, ExtendedKeyUsage } = x509;

/** A new authority. Everything it signs ends with it, after thirty days: enough for a machine, useless beyond. */
export async function createAuthority(name: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await newKeys();
  const subject = new x509.Name([{ CN: [name] }]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: subject.toString(),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ...pem(certificate, keys), issue: (wanted) => issue(certificate, keys, wanted) };
}

/** A key pair for signing the tokens of service accounts, as PEM. */
export async function createSigningKey(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const { privateKey, publicKey } = await newKeys();
  return {
    privateKey: keyPem(privateKey),
    publicKey: KeyObject.from(publicKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

async function issue(
  authority: x509.X509Certificate,
  signer: Keys,
  { name, group, hosts = [], uris = [] }: Subject,
): Promise<KeyPair> {
  const keys = await newKeys();
  const names = [...hosts.map(alternativeName), ...uris.map((value) => ({ type: 'url' as const, value }))];
  const subject = new x509.Name([...(group === undefined ? [] : [{ O: [group] }]), { CN: [name] }]);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject: subject.toString(),
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
    ],
  });
  return pem(certificate, keys);
}

function alternativeName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns', value: host };
}

function newKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey({ name: ALGORITHM.name, namedCurve: ALGORITHM.namedCurve }, true, [
    'sign',
    'verify',
  ]);
}

/** From a minute ago, for clocks that differ; a fresh number, for caches that go by it. */
function validity(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 30 * DAY_MS),
  };
}

function pem(certificate: x509.X509Certificate, { privateKey }: Keys): KeyPair {
  return { certificate: `${certificate.toString('pem')}\n`, key: keyPem(privateKey) };
}

function keyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}
