import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf } from '../../constructs/core/rule';
import { wrong } from './edge-gateways';

const CERTIFICATE = 'Certificate.cert-manager.io';
const ISSUERS = ['ClusterIssuer.cert-manager.io', 'Issuer.cert-manager.io'];

/** A key that lives as long as its certificate. */
export const rotatedKeys: ObjectRule = {
  id: 'DRN330',
  title: 'a certificate gets a new, strong key whenever it is renewed',
  why: 'a key that stays the same for years is the one that leaks, and renewing its certificate then renews the theft',
  remedy: 'write privateKey with rotationPolicy: Always and algorithm ECDSA or Ed25519',
  control: 'ENC-1',
  kinds: [CERTIFICATE],
  check: ({ object }) => {
    const { rotationPolicy, algorithm, size } = recordAt(object, 'spec', 'privateKey');
    const weak = (algorithm ?? 'RSA') === 'RSA' && !(typeof size === 'number' && size >= 3072);
    return outcomeOf([
      ...(rotationPolicy === 'Always' ? [] : [wrong('spec.privateKey.rotationPolicy', rotationPolicy, 'Always')]),
      ...(weak ? [wrong('spec.privateKey.size', size, 'ECDSA, Ed25519, or RSA of 3072 bits')] : []),
    ]);
  },
};

/** Hosts by name. */
export const exactCertificates: ObjectRule = {
  id: 'DRN331',
  title: 'a certificate names its hosts in full and is no authority',
  why: 'one wildcard key opens every host of the zone, also those of others, and an authority’s key opens everything',
  remedy: 'list each host under dnsNames, without *, and leave isCA to the platform’s own authorities',
  control: 'ENC-1',
  kinds: [CERTIFICATE],
  check: ({ object, component }) => {
    const spec = recordAt(object, 'spec');
    const names = listAt(spec, 'dnsNames');
    const some = names.length + listAt(spec, 'uris').length + listAt(spec, 'ipAddresses').length;
    const authority = spec.isCA === true;
    if (authority && component !== undefined) return NOT_APPLICABLE;
    return outcomeOf([
      ...(authority ? [wrong('spec.isCA', true, 'false')] : []),
      ...(some === 0 ? [wrong('spec.dnsNames', spec.dnsNames, 'at least one host')] : []),
      ...names.flatMap((name, i) =>
        typeof name === 'string' && !name.includes('*')
          ? []
          : [wrong(`spec.dnsNames[${i}]`, name, 'a host without a wildcard')],
      ),
    ]);
  },
};

/** Three months, as public authorities give them; less than a third of it is too late to notice that renewal fails. */
const LONGEST_HOURS = 2_160;

/** Renewed in time. */
export const renewedCertificates: ObjectRule = {
  id: 'DRN332',
  title: 'a certificate lives for at most three months and is renewed a week before its end',
  why: 'one that lives for years is renewed by hand by people who have left, and one that is renewed late ends in an outage',
  remedy: 'write duration: 2160h and renewBefore: 720h, or less of both',
  control: 'ENC-1',
  kinds: [CERTIFICATE],
  check: ({ object, component }) => {
    const { duration, renewBefore, renewBeforePercentage, isCA } = recordAt(object, 'spec');
    if (isCA === true && component !== undefined) return NOT_APPLICABLE;
    const lives = hoursOf(duration ?? '2160h');
    const before = hoursOf(renewBefore);
    return outcomeOf([
      ...(lives !== undefined && lives <= LONGEST_HOURS ? [] : [wrong('spec.duration', duration, 'at most 2160h')]),
      ...(renewBeforePercentage !== undefined || (before !== undefined && before >= 8 && before < (lives ?? 0))
        ? []
        : [wrong('spec.renewBefore', renewBefore, 'hours before the end, such as 720h')]),
    ]);
  },
};

function hoursOf(duration: unknown): number | undefined {
  const parts = typeof duration === 'string' ? /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) : null;
  if (parts === null || duration === '') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = parts;
  return Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600;
}

/** An issuer is somebody, asked over a way that is verified. */
export const trustedIssuers: ObjectRule = {
  id: 'DRN333',
  title: 'an issuer of certificates is an authority outside the cluster, asked with short-lived credentials',
  why: 'a key of an authority in a Secret is one read away from every certificate, and a static token never ends',
  remedy: 'use vault with auth.kubernetes.serviceAccountRef, or acme with dns01',
  control: 'ENC-3',
  kinds: ISSUERS,
  check: ({ object, kind }) => {
    const spec = recordAt(object, 'spec');
    if (kind === 'Issuer' && isRecord(spec.ca)) return NOT_APPLICABLE;
    const known = ['vault', 'acme'].some((key) => isRecord(spec[key]));
    const local = ['selfSigned', 'ca'].filter((key) => spec[key] !== undefined);
    return outcomeOf([
      ...local.map((key) => wrong(`spec.${key}`, spec[key], 'vault or acme')),
      ...(known || local.length > 0 ? [] : [wrong('spec', undefined, 'vault or acme')]),
      ...vaultFaults(spec.vault),
      ...acmeFaults(spec.acme),
    ]);
  },
};

function vaultFaults(vault: unknown): readonly Finding[] {
  if (!isRecord(vault)) return [];
  const auth = recordAt(vault, 'auth');
  const server = stringAt(vault, 'server') ?? '';
  const statics = ['tokenSecretRef', 'appRole'].filter((key) => auth[key] !== undefined);
  const secret = valueAt(auth, 'kubernetes', 'secretRef');
  return [
    ...(server.startsWith('https://') ? [] : [wrong('spec.vault.server', server, 'an https address')]),
    ...statics.map((key) => wrong(`spec.vault.auth.${key}`, auth[key], 'kubernetes.serviceAccountRef')),
    ...(secret === undefined ? [] : [wrong('spec.vault.auth.kubernetes.secretRef', secret, 'serviceAccountRef')]),
  ];
}

function acmeFaults(acme: unknown): readonly Finding[] {
  if (!isRecord(acme)) return [];
  const server = stringAt(acme, 'server') ?? '';
  return [
    ...(server.startsWith('https://') ? [] : [wrong('spec.acme.server', server, 'an https address')]),
    ...(acme.skipTLSVerify === true ? [wrong('spec.acme.skipTLSVerify', true, 'false')] : []),
    ...listAt(acme, 'solvers').flatMap((solver, i) =>
      valueAt(solver, 'http01') === undefined
        ? []
        : [wrong(`spec.acme.solvers[${i}].http01`, valueAt(solver, 'http01'), 'dns01: nothing answers on plain HTTP')],
    ),
  ];
}
