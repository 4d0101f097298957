import { EXEMPTION_ANNOTATION } from '../../constructs/core/exemption';
import { listAt, recordAt, stringAt } from '../../constructs/core/json';
import { type Claim, type ClusterRule, claimBy } from '../../constructs/core/rule';
import { WAF_ROUTES_LABEL } from '../../constructs/ingress/edge-facts';
import { flatMapClaims } from './claims';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * What was excepted for a while is excepted for that while. The last day counts. The firewall ignores the whole file of a
 * tenant that excludes a rule for more than a year, so that this says it first.
 */
export const liveExemptions: ClusterRule = {
  id: 'DRN350',
  title: 'no exemption of the edge or of Vault is past its last day',
  why: 'what was opened until a date stays open for ever if nobody looks at the date',
  remedy: 'close it again, or decide anew and write another date and reason',
  control: 'CMP-1',
  kinds: [
    'AuthorizationPolicy.security.istio.io',
    'ConfigMap.core',
    'CronJob.batch',
    'Deployment.apps',
    'EnvoyFilter.networking.istio.io',
  ],
  claims: (subject) => {
    const { annotations, labels, kind, object } = subject;
    const until = annotations[EXEMPTION_ANNOTATION.expires];
    const own =
      until === undefined
        ? []
        : [claimBy(subject, String(until), `metadata.annotations["${EXEMPTION_ANNOTATION.expires}"]`)];
    if (kind !== 'ConfigMap' || labels[WAF_ROUTES_LABEL] !== 'true') return own;
    return [
      ...own,
      ...Object.entries(recordAt(object, 'data')).flatMap(([file, text]) =>
        exclusions(text).map((date): Claim => claimBy(subject, date, `${IN_FILE}"${file}"]`)),
      ),
    ];
  },
  judge: (claims, today) =>
    flatMapClaims(claims, ({ key, object, field }) =>
      DATE.test(key) && today <= key && (!field.startsWith(IN_FILE) || key <= inAYear(today))
        ? []
        : [{ object, field, given: `an exemption until ${JSON.stringify(key)}`, expected: expectedOf(field) }],
    ),
};

/** How the field of a file's exclusion begins. */
const IN_FILE = 'data[';

/** The same day of the next year; of a leap day what is compared like one. */
function inAYear(today: string): string {
  return `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
}

function expectedOf(field: string): string {
  return field.startsWith(IN_FILE) ? 'a day that is not over, within a year' : 'a day that is not over';
}

/** Last days of the exclusions in a file of the firewall; a file that cannot be read has none that holds. */
function exclusions(text: unknown): readonly string[] {
  try {
    const read: unknown = JSON.parse(String(text));
    return Object.values(recordAt(read, 'routes')).flatMap((route) =>
      listAt(route, 'exclusions').map((one) => stringAt(one, 'expires') ?? 'no day'),
    );
  } catch {
    return ['a file that is no JSON'];
  }
}
