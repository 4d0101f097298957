import { isList, isRecord, listAt, numberAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';

const GATEWAY = 'Gateway.networking.istio.io';

interface Server {
  readonly at: string;
  readonly server: Readonly<Record<string, unknown>>;
}

/** Servers that the world reaches. Between clusters of one mesh TLS is passed on to the workload, whose own it is. */
function servers({ object, namespace }: Subject): readonly Server[] {
  // Only identities of the mesh reach the way out; it has rules of its own.
  if (namespace === PLATFORM_NAMESPACE.egressGateway) return [];
  return listAt(object, 'spec', 'servers').flatMap((server, i) =>
    isRecord(server) && !isBetweenClusters(server) ? [{ at: `spec.servers[${i}]`, server }] : [],
  );
}

function isBetweenClusters(server: unknown): boolean {
  return stringAt(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH' && numberAt(server, 'port', 'number') === 15_443;
}

/** A rule over each server of each classic Gateway. */
function overServers(
  text: Omit<ObjectRule, 'kinds' | 'check'>,
  find: (server: Server) => readonly Finding[],
): ObjectRule {
  return {
    ...text,
    kinds: [GATEWAY],
    check: (subject) => {
      const all = servers(subject);
      return all.length === 0 ? NOT_APPLICABLE : outcomeOf(all.flatMap(find));
    },
  };
}

/** No older protocol, whatever a client asks for. */
export const edgeTlsVersion = overServers(
  {
    id: 'DRN300',
    title: 'a server at the edge speaks TLS 1.3 and nothing older',
    why: 'without a lowest version Istio takes TLS 1.2, whose renegotiation and weak ciphers have a history of attacks',
    remedy: 'write tls.minProtocolVersion: TLSV1_3',
    control: 'ENC-1',
  },
  ({ at, server }) => {
    const tls = recordAt(server, 'tls');
    if (tls.httpsRedirect === true) return [];
    const low =
      tls.minProtocolVersion === 'TLSV1_3'
        ? []
        : [wrong(`${at}.tls.minProtocolVersion`, tls.minProtocolVersion, 'TLSV1_3')];
    const high = tls.maxProtocolVersion;
    const capped = high !== undefined && high !== 'TLSV1_3' && high !== 'TLS_AUTO';
    return capped ? [...low, wrong(`${at}.tls.maxProtocolVersion`, high, 'TLSV1_3 or nothing')] : low;
  },
);

const TERMINATING = ['SIMPLE', 'MUTUAL'];

/** What the edge cannot read it cannot inspect. */
export const edgeTerminates = overServers(
  {
    id: 'DRN301',
    title: 'a server at the edge takes HTTPS and ends TLS itself',
    why: 'plain HTTP shows tokens to everybody on the way, and passed-through TLS goes round the firewall, limits and authorization',
    remedy: 'write protocol: HTTPS with tls.mode SIMPLE or MUTUAL; a server on port 80 may only redirect',
    control: 'NET-2',
  },
  ({ at, server }) => {
    const protocol = valueAt(server, 'port', 'protocol');
    const mode = valueAt(server, 'tls', 'mode');
    if (protocol === 'HTTP' && valueAt(server, 'tls', 'httpsRedirect') === true) return [];
    return [
      ...(protocol === 'HTTPS' ? [] : [wrong(`${at}.port.protocol`, protocol, 'HTTPS')]),
      ...(typeof mode === 'string' && TERMINATING.includes(mode)
        ? []
        : [wrong(`${at}.tls.mode`, mode, 'SIMPLE or MUTUAL')]),
    ];
  },
);

/** Keys come from a Secret that is renewed, never from a file in an image. */
export const edgeCredential = overServers(
  {
    id: 'DRN302',
    title: 'a server at the edge takes its certificate from a Secret',
    why: 'a key in a file of the proxy is renewed by nobody, and without any the proxy does not listen',
    remedy: 'write tls.credentialName with the secretName of a Certificate',
    control: 'ENC-1',
  },
  ({ at, server }) => {
    const tls = recordAt(server, 'tls');
    if (tls.httpsRedirect === true) return [];
    const files = ['serverCertificate', 'privateKey', 'caCertificates', 'tlsCertificates'].filter(
      (key) => tls[key] !== undefined,
    );
    const named = [tls.credentialName, ...listAt(tls, 'credentialNames')].some(
      (name) => typeof name === 'string' && name !== '',
    );
    return [
      ...files.map((key) => wrong(`${at}.tls.${key}`, tls[key], 'no file')),
      ...(named ? [] : [wrong(`${at}.tls.credentialName`, tls.credentialName, 'the name of a Secret')]),
    ];
  },
);

/** One host, named in full, for routes of one namespace. */
export const edgeHosts = overServers(
  {
    id: 'DRN303',
    title: 'a server at the edge names its hosts in full, each for one namespace',
    why: 'a wildcard serves hosts that nobody owns, and a host without a namespace takes routes from any tenant',
    remedy: 'write ./api.example.com, once for each host',
    control: 'NET-1',
  },
  ({ at, server }) => {
    const hosts = valueAt(server, 'hosts');
    if (!isList(hosts) || hosts.length === 0) return [wrong(`${at}.hosts`, hosts, 'at least one host')];
    return hosts.flatMap((host, i) =>
      typeof host === 'string' && /^[^*/]+\/[^*/]+\.[^*/]+$/.test(host)
        ? []
        : [wrong(`${at}.hosts[${i}]`, host, 'a full host name after ./')],
    );
  },
);

/** A gateway that selects nothing is every gateway. */
export const edgeSelector: ObjectRule = {
  id: 'DRN304',
  title: 'a gateway says which proxies it is for',
  why: 'without a selector every proxy of the mesh that is a gateway opens its ports and serves its hosts',
  remedy: 'write spec.selector with the label of the proxies, such as istio: ingress',
  control: 'NET-1',
  kinds: [GATEWAY],
  check: ({ object }) => {
    const selector = recordAt(object, 'spec', 'selector');
    return outcomeOf(
      Object.keys(selector).length > 0 ? [] : [wrong('spec.selector', valueAt(object, 'spec', 'selector'), 'a label')],
    );
  },
};

/** A finding about one field. */
export function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}
