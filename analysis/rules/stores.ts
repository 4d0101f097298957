import { KNOWN_DRIVERS } from '../../constructs/core/disk-drivers';
import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterRule,
  claimBy,
  type Finding,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims, keysOf } from './claims';
import { wrong } from './edge-gateways';
import { mayHoldPods, podsOf } from './pods';
import { isRelease, namedIn } from './release-values';

const CLASS = 'StorageClass.storage.k8s.io';
const isClass = ({ kind, group }: Subject): boolean => kind === 'StorageClass' && group === 'storage.k8s.io';

/** What a class makes is encrypted. */
export const encryptedClasses: ObjectRule = {
  id: 'DRN520',
  title: 'every storage class encrypts the disks that it makes',
  why: 'a disk is copied, snapshotted and thrown away by people who never see the cluster; only its key keeps it shut',
  remedy:
    'use a driver whose encryption is known and set the parameters it asks for, or waive the class with a reason and a last day',
  control: 'ENC-2',
  kinds: [CLASS],
  check: ({ object }) => {
    const provisioner = stringAt(object, 'provisioner') ?? '';
    const driver = KNOWN_DRIVERS.get(provisioner);
    if (driver === undefined)
      return outcomeOf([wrong('provisioner', object.provisioner, `one of ${[...KNOWN_DRIVERS.keys()].join(', ')}`)]);
    const parameters = recordAt(object, 'parameters');
    const findings: Finding[] = [];
    const on = driver.switch;
    if (on !== undefined && parameters[on.parameter] !== on.value)
      findings.push(wrong(`parameters.${on.parameter}`, parameters[on.parameter], show(on.value)));
    const key = driver.key === undefined ? undefined : parameters[driver.key];
    // A key that is named as nothing is a template that nobody filled in.
    const unnamed = key === undefined ? driver.keyRequired === true : typeof key !== 'string' || key.trim() === '';
    if (unnamed) findings.push(wrong(`parameters.${driver.key}`, key, 'the name of a key'));
    return outcomeOf(findings);
  },
};

const MADE = 'made';
const NAMED = 'named';

/** Who stores something names a class that was looked at. */
export const claimedClasses: ClusterRule = {
  id: 'DRN521',
  title: 'whoever claims a disk names a storage class that is among the objects',
  why: 'the cluster’s default class is whatever the provider thinks it is, and of a class that is not here nobody knows whether it encrypts',
  remedy: 'name a class such as drun-encrypted in storageClassName; an emptyDir is no store: it ends with its pod',
  control: 'ENC-2',
  kinds: (group, kind) =>
    (kind === 'StorageClass' && group === 'storage.k8s.io') ||
    (kind === 'PersistentVolumeClaim' && group === '') ||
    isRelease(group, kind) ||
    mayHoldPods(group, kind),
  claims: (subject) => {
    if (isClass(subject)) return [claimBy(subject, subject.name ?? '', '', MADE)];
    return classesOf(subject).map(({ field, name }) => claimBy(subject, name, field, NAMED));
  },
  judge: (claims) => {
    const made = keysOf(claims, MADE);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === NAMED && !made.has(key)
        ? [{ object, field, given: key === '' ? 'no class' : show(key), expected: 'a storage class among the objects' }]
        : [],
    );
  },
};

interface NamedClass {
  readonly field: string;
  readonly name: string;
}

function classesOf(subject: Subject): readonly NamedClass[] {
  const { object, group, kind } = subject;
  if (kind === 'PersistentVolumeClaim') return [classIn(recordAt(object, 'spec'), 'spec')];
  if (isRelease(group, kind))
    return namedIn(recordAt(object, 'spec', 'values'), /^storageClass(Name)?$/i).map(({ path, text }) => ({
      field: `spec.values.${path}`,
      name: text,
    }));
  const templates = listAt(object, 'spec', 'volumeClaimTemplates').map((template, i) =>
    classIn(recordAt(template, 'spec'), `spec.volumeClaimTemplates[${i}].spec`),
  );
  return [...templates, ...podsOf(subject).flatMap(({ path, spec }) => ephemeralClasses(path, spec))];
}

function ephemeralClasses(path: string, spec: unknown): readonly NamedClass[] {
  return listAt(spec, 'volumes').flatMap((volume, i) => {
    const template = valueAt(volume, 'ephemeral', 'volumeClaimTemplate', 'spec');
    return isRecord(template) ? [classIn(template, `${path}.volumes[${i}].ephemeral.volumeClaimTemplate.spec`)] : [];
  });
}

function classIn(spec: Readonly<Record<string, unknown>>, path: string): NamedClass {
  return { field: `${path}.storageClassName`, name: stringAt(spec, 'storageClassName') ?? '' };
}

const PROVISIONED = 'pv.kubernetes.io/provisioned-by';

/** A volume is what its class made. */
export const provisionedVolumes: ClusterRule = {
  id: 'DRN522',
  title: 'every persistent volume was made by the driver of a storage class',
  why: 'a volume that somebody wrote by hand names a disk, a share or a folder of a node, and nothing says that it is encrypted',
  remedy: 'claim the disk through a class, or waive the volume with a reason and a last day',
  control: 'ENC-2',
  kinds: [CLASS, 'PersistentVolume.core'],
  claims: (subject) => {
    if (isClass(subject))
      return [claimBy(subject, stringAt(subject.object, 'provisioner') ?? '', subject.name ?? '', MADE)];
    const { object, annotations } = subject;
    const driver = stringAt(object, 'spec', 'csi', 'driver') ?? '';
    const byHand = driver === '' || annotations[PROVISIONED] !== driver;
    return [claimBy(subject, byHand ? '' : driver, stringAt(object, 'spec', 'storageClassName') ?? '', NAMED)];
  },
  judge: (claims) => {
    const made = new Set(flatMapClaims(claims, (claim) => (claim.value === MADE ? [pair(claim)] : [])));
    return flatMapClaims(claims, (claim) =>
      claim.value === NAMED && (claim.key === '' || !made.has(pair(claim)))
        ? [
            {
              object: claim.object,
              field: 'spec',
              given: origin(claim),
              expected: 'a driver and class among the objects',
            },
          ]
        : [],
    );
  },
};

/** Driver and class as one text; neither name has a blank. */
function pair({ key, field }: Claim): string {
  return `${key} ${field}`;
}

function origin({ key, field }: Claim): string {
  return key === '' ? 'a volume written by hand' : `a disk of ${key}, class ${show(field)}`;
}
