/** A workload that runs in the mesh, with a service in front of it. */
export interface WorkloadProps {
  readonly namespace: string;
  /** Name of service, pod and service account. */
  readonly name: string;
  readonly address: string;
  /** Port of the service, and the one that the workload listens on. */
  readonly port: number;
  readonly targetPort: number;
  /** Name of the port; what it begins with tells Istio the protocol. @default - `http` */
  readonly portName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** What stands between the workload and the network. */
  readonly mesh: 'sidecar' | 'ambient' | 'none';
}

/** What the cluster would hold for a workload: service, pod and endpoints. */
export function workloadObjects(props: WorkloadProps): readonly object[] {
  const { namespace, name, address, port, targetPort, portName = 'http', labels = {}, mesh } = props;
  const podLabels = { app: name, ...labels, ...(mesh === 'sidecar' ? SIDECAR_LABELS : {}) };
  const annotations = mesh === 'ambient' ? { 'ambient.istio.io/redirection': 'enabled' } : {};
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        clusterIP: virtualAddress(namespace, name),
        selector: { app: name },
        ports: [{ name: portName, port, targetPort, protocol: 'TCP' }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: podLabels, annotations },
      spec: {
        serviceAccountName: name,
        containers: [{ name: 'main', image: 'none', ports: [{ containerPort: targetPort }] }],
      },
      status: {
        phase: 'Running',
        podIP: address,
        podIPs: [{ ip: address }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true }, targetRef: { kind: 'Pod', name, namespace } }],
      ports: [{ name: portName, port: targetPort, protocol: 'TCP' }],
    },
  ];
}

/** The injector's label; callers speak mutual TLS to pods that carry it. */
const SIDECAR_LABELS = { 'security.istio.io/tlsMode': 'istio' } as const;

/** A namespace with its labels. */
export function namespaceObject(name: string, labels: Readonly<Record<string, string>> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  };
}

/** A secret with a certificate, as cert-manager writes it. */
export function tlsSecret(
  namespace: string,
  name: string,
  pair: { readonly certificate: string; readonly key: string },
): object {
  const data = { 'tls.crt': base64(pair.certificate), 'tls.key': base64(pair.key) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls', data };
}

/** A secret with nothing but the authority that clients' certificates come from. */
export function authoritySecret(namespace: string, name: string, authority: string): object {
  const data = { 'ca.crt': base64(authority) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', data };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** An address for a service that no two services share; nobody listens there. */
function virtualAddress(namespace: string, name: string): string {
  let sum = 0;
  for (const char of `${namespace}/${name}`) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 62_000;
  return `10.96.${Math.floor(sum / 250)}.${1 + (sum % 250)}`;
}
