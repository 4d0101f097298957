import { type AddressSet, ALL_ADDRESSES, addressSet, parseCidr, subtractAddresses } from './cidr';
import { LAST_PORT, type PortSet, portsOf } from './port-set';
import type { Reader } from './reader';
import type { ClusterNetworkFacts } from './report';

/** The address plan of a cluster, parsed. */
export interface AddressPlan {
  readonly pods: AddressSet;
  readonly services: AddressSet;
  readonly nodes: AddressSet;
  readonly apiServer: AddressSet;
  readonly apiServerPorts: PortSet;
  readonly metadata: AddressSet;
  /** Every address that is none of the above. */
  readonly outside: AddressSet;
  readonly trustDomain: string;
}

/** Parses the facts; each kind of address must be named, for what is not named cannot be proved closed. */
export function readFacts(reader: Reader, facts: ClusterNetworkFacts): AddressPlan {
  const parse = (field: 'podCidrs' | 'serviceCidrs' | 'nodeCidrs' | 'apiServerCidrs' | 'metadataCidrs'): AddressSet => {
    if (facts[field].length === 0) reader.flaw(`facts.${field}`, facts[field], 'at least one CIDR');
    return addressSet(
      facts[field].flatMap(
        (text, index) => parseCidr(text) ?? reader.flaw(`facts.${field}[${index}]`, text, 'a CIDR') ?? [],
      ),
    );
  };
  const pods = parse('podCidrs');
  const services = parse('serviceCidrs');
  const nodes = parse('nodeCidrs');
  const apiServer = parse('apiServerCidrs');
  const metadata = parse('metadataCidrs');
  if (facts.apiServerPorts.length === 0) reader.flaw('facts.apiServerPorts', facts.apiServerPorts, 'at least one port');
  facts.apiServerPorts.forEach((port, index) => {
    reader.integer(port, `facts.apiServerPorts[${index}]`, 1, LAST_PORT);
  });
  if (facts.trustDomain === '')
    reader.flaw('facts.trustDomain', facts.trustDomain, 'a trust domain such as cluster.local');
  const inside = addressSet([...pods, ...services, ...nodes, ...apiServer, ...metadata]);
  const outside = subtractAddresses(ALL_ADDRESSES, inside);
  const apiServerPorts = portsOf(facts.apiServerPorts);
  return { pods, services, nodes, apiServer, apiServerPorts, metadata, outside, trustDomain: facts.trustDomain };
}
