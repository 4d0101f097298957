import { listAt, stringAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { EGRESS } from '../../../../constructs/network/egress-names';
import { texts } from '../cluster';
import type { Fact } from '../fact';

/** Whether an object is a part of the egress gateway's routes. */
export function isAtEgressGateway(object: Manifest): boolean {
  return stringAt(object, 'metadata', 'namespace') === EGRESS.namespace;
}

const NAME = /^(\d+)\.(.+)\.([a-z0-9-]+)$/;

/** A name that the gateway takes, in words: all objects that make it work say the same, so that each is named with it. */
export function egressNameFact(name: string): Fact {
  const own = name.endsWith(EGRESS.domain) ? NAME.exec(name.slice(0, -EGRESS.domain.length)) : null;
  const [, port, host, tenant] = own ?? [];
  const what = own === null ? `calls for ${name}` : `calls of ${tenant} to ${host}:${port}`;
  return {
    id: `egress ${name}`,
    having: 'widens',
    gained: `forwards ${what} at the egress gateway`,
    lost: `stops forwarding ${what} at the egress gateway`,
  };
}

/** What a route says that is none of the edge's: of the egress gateway, or of what a tenant's own sidecars may ask for. */
export function egressRouteFacts(object: Manifest, who: string): readonly Fact[] | undefined {
  const hosts = texts(object, 'spec', 'hosts');
  if (isAtEgressGateway(object)) return hosts.map(egressNameFact);
  if (listAt(object, 'spec', 'gateways').length > 0 || listAt(object, 'spec', 'tls').length === 0) return undefined;
  return hosts.map((host) => ({
    id: `asks ${who} ${host}`,
    having: 'narrows',
    gained: `keeps ${who} to the name ${host} in what it asks of that host`,
    lost: `lets ${who} ask ${host} for other names`,
  }));
}
