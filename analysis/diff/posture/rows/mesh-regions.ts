import { isRecord, listAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { texts } from '../cluster';
import { type Fact, plainShift } from '../fact';

/** Where calls go once answers fail, whether failures are looked for, and whose certificates are not asked for. */
export function destinationRuleFacts(object: Manifest): readonly Fact[] {
  const place = `${stringAt(object, 'metadata', 'namespace')}/${stringAt(object, 'metadata', 'name')}`;
  const host = stringAt(object, 'spec', 'host') ?? 'no host';
  const policy = valueAt(object, 'spec', 'trafficPolicy');
  const failover = listAt(policy, 'loadBalancer', 'localityLbSetting', 'failover').map((pair): Fact => {
    const way = `${stringAt(pair, 'from')} -> ${stringAt(pair, 'to')}`;
    const id = `failover ${place} ${way}`;
    return {
      id,
      having: 'changes',
      gained: `fails over ${host}: ${way}`,
      lost: `no longer fails over ${host}: ${way}`,
    };
  });
  const detects: readonly Fact[] = isRecord(valueAt(policy, 'outlierDetection'))
    ? [
        {
          id: `outliers ${place}`,
          having: 'narrows',
          gained: `takes failing endpoints of ${host} out of service`,
          lost: `keeps calling failing endpoints of ${host}: failover does nothing`,
        },
      ]
    : [];
  const shared = texts(object, 'spec', 'exportTo').filter((where) => where !== '.');
  return [
    ...failover,
    ...detects,
    ...unverified(place, host, policy),
    ...shared.map((to) => exported(place, host, to)),
  ];
}

function unverified(place: string, host: string, policy: unknown): readonly Fact[] {
  if (valueAt(policy, 'tls', 'insecureSkipVerify') !== true) return [];
  const gained = `calls ${host} without verifying its certificate`;
  return [{ id: `unverified ${place}`, having: 'widens', gained, lost: `verifies the certificate of ${host}` }];
}

function exported(place: string, host: string, to: string): Fact {
  const who = to === '*' ? 'every namespace' : to;
  const lost = `no longer decides for ${who} how ${host} is called`;
  return { id: `rule ${place} ${to}`, having: 'widens', gained: `decides for ${who} how ${host} is called`, lost };
}

/** What proxies write down. */
export function telemetryFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  return listAt(object, 'spec', 'accessLogging').map((log): Fact => {
    const off = valueAt(log, 'disabled') === true;
    const filter = stringAt(log, 'filter', 'expression') ?? 'every request';
    return {
      id: `access log ${namespace} ${off ? 'off' : 'on'}`,
      having: off ? 'widens' : 'narrows',
      gained: off ? `turns access logs of ${namespace} off` : `logs requests of ${namespace}`,
      lost: off ? `no longer turns access logs of ${namespace} off` : `stops logging requests of ${namespace}`,
      value: filter,
      changed: plainShift(`what is logged in ${namespace}:`),
    };
  });
}

/** Who signs the identities of the mesh, and for how long. */
export function authorityFacts(object: Manifest): readonly Fact[] {
  if (valueAt(object, 'spec', 'isCA') !== true) return [];
  const place = `${stringAt(object, 'metadata', 'namespace')}/${stringAt(object, 'metadata', 'name')}`;
  const key = valueAt(object, 'spec', 'privateKey', 'rotationPolicy') === 'Always' ? 'a new key' : 'the same key';
  return [
    {
      id: `authority ${place}`,
      having: 'widens',
      gained: `makes ${place} a certificate authority`,
      lost: `no longer makes ${place} a certificate authority`,
      value: `${stringAt(object, 'spec', 'duration') ?? 'no end'}, renewed with ${key}`,
      changed: plainShift(`authority ${place}:`),
    },
  ];
}
