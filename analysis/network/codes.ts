/** What `drun explain` says of a finding of the network proof. */
export interface FindingText {
  /** The sentence that must hold. */
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  /** Clause of the mission that it serves. */
  readonly control: string;
}

/** Every finding of the network proof, by its stable code. */
export const FINDINGS = {
  PRV001: {
    title: 'a tenant cannot reach another tenant but by a path that both declared',
    why: 'one open port between tenants is enough to attack a model server or steal its data',
    remedy:
      'remove what one of the listed objects grants, restore the one that is absent, or declare the path on both sides',
    control: 'NET-4',
  },
  PRV002: {
    title: 'tenants stay apart even if each adds a network policy that allows everything',
    why: 'network policies only add up, so whoever may write one can undo every default deny of its namespace',
    remedy:
      'deny other tenants in the admin tier: a ClusterNetworkPolicy per tenant, and for a peer pass only the declared ports (TCP 15008 in ambient mode) before the deny',
    control: 'NET-4',
  },
  PRV003: {
    title: 'a declared path between tenants works',
    why: 'a path that people rely on and no object opens breaks at the first call, and invites a hasty wider opening',
    remedy: 'see that both tenants name the path and that the objects of both are in this cluster',
    control: 'NET-4',
  },
  PRV004: {
    title: 'a tenant and any tenant that will ever be added cannot reach each other',
    why: 'a rule that lists the tenants of today lets in the one of tomorrow',
    remedy:
      'write denials over every tenant but the named ones (drun.io/tenant Exists and NotIn), never over a list of others',
    control: 'NET-4',
  },
  PRV005: {
    title: 'the admin tier keeps a tenant and any future tenant apart by itself',
    why: 'as PRV002, for tenants that do not exist yet',
    remedy: 'deny in the admin tier every namespace with drun.io/tenant but the tenant itself and its peers',
    control: 'NET-4',
  },
  PRV010: {
    title: 'a tenant cannot reach the metadata service of the cloud',
    why: 'it hands the credentials of the node to whoever asks',
    remedy:
      'deny the metadata addresses in the admin tier for every namespace with drun.io/tenant, and keep them out of ipBlocks',
    control: 'NET-5',
  },
  PRV011: {
    title: 'a tenant cannot reach the API server',
    why: 'workloads have no business there, and every flaw of it becomes theirs to use',
    remedy: 'deny the addresses of the API server in the admin tier for every namespace with drun.io/tenant',
    control: 'NET-5',
  },
  PRV012: {
    title: 'a tenant cannot reach the nodes',
    why: 'kubelet, container runtime and host services listen there',
    remedy: 'deny nodes and their CIDRs in the admin tier for every namespace with drun.io/tenant',
    control: 'NET-5',
  },
  PRV013: {
    title: 'a tenant reaches the world outside only through the waypoint or the gateway for it',
    why: 'what leaves directly is neither named, nor allowed by name, nor recorded',
    remedy: 'remove the ipBlock or rule that opens it and declare the names the tenant needs as FQDN egress',
    control: 'NET-4',
  },
  PRV014: {
    title: 'the metadata service stays closed even if a tenant allows itself everything',
    why: 'as PRV010: a network policy that the tenant adds must not open it',
    remedy: 'deny the metadata addresses in the admin tier, before any rule that accepts or passes',
    control: 'NET-5',
  },
  PRV015: {
    title: 'the API server stays closed even if a tenant allows itself everything',
    why: 'as PRV011: a network policy that the tenant adds must not open it',
    remedy: 'deny the addresses of the API server in the admin tier, before any rule that accepts or passes',
    control: 'NET-5',
  },
  PRV016: {
    title: 'the nodes stay closed even if a tenant allows itself everything',
    why: 'as PRV012: a network policy that the tenant adds must not open them',
    remedy: 'deny nodes and their CIDRs in the admin tier, before any rule that accepts or passes',
    control: 'NET-5',
  },
  PRV017: {
    title: 'the world outside stays closed even if a tenant allows itself everything',
    why: 'as PRV013: a network policy that the tenant adds must not open a way past waypoint and gateway',
    remedy: 'end the admin tier with a policy that passes all pods and then denies 0.0.0.0/0 and ::/0',
    control: 'NET-4',
  },
  PRV020: {
    title: 'a tenant reaches a platform service only where its namespace says so',
    why: 'the label drun.io/uses-<service> on the namespace is the consent of the platform, and what auditors read',
    remedy: 'label the namespace, or remove the policy that opens the way',
    control: 'NET-4',
  },
  PRV021: {
    title: 'a tenant reaches only the port of a platform service it may use',
    why: 'beside the service its pods have ports for storage, peers and administration',
    remedy: 'name the port of the service in the network policy and in the authorization policy of its namespace',
    control: 'NET-4',
  },
  PRV030: {
    title: 'a name outside the cluster that a tenant registers is seen by its own namespace only',
    why: 'exported wider it changes where the calls of other tenants go',
    remedy: "set exportTo to ['.']",
    control: 'NET-1',
  },
  PRV031: {
    title: 'a tenant registers exact names outside the cluster',
    why: 'a wildcard opens names nobody has reviewed, and * opens them all',
    remedy: 'list each host',
    control: 'NET-1',
  },
  PRV032: {
    title: 'a tenant registers no name that belongs to the cluster',
    why: 'it would take over the calls meant for a service of the platform or of another tenant',
    remedy: 'remove the host from the ServiceEntry',
    control: 'NET-1',
  },
  PRV033: {
    title: 'an AuthorizationPolicy names who may use each outside name',
    why: 'without one every workload that reaches the egress waypoint may use it',
    remedy: 'add an AuthorizationPolicy with targetRefs to the ServiceEntry and the service accounts that may call',
    control: 'NET-1',
  },
  PRV034: {
    title: 'only the tenant that registered an outside name may use it',
    why: 'another tenant would call out under its name and its budget',
    remedy: "list service accounts of the tenant's own namespaces as sources",
    control: 'NET-1',
  },
  PRV035: {
    title: 'an outside name of a tenant does not lead to addresses of the cluster',
    why: 'the egress waypoint may go where the tenant may not: metadata, API server, nodes, pods',
    remedy: 'remove the addresses or endpoints, or use resolution DNS',
    control: 'NET-1',
  },
  PRV036: {
    title: 'the egress gateway asks everybody for an identity of the mesh',
    why: 'whoever reaches the gateway without one calls out in the name of a tenant',
    remedy: 'set tls.mode ISTIO_MUTUAL on the server',
    control: 'NET-1',
  },
  PRV037: {
    title: 'every name that the egress gateway takes leads to a host that its tenant registered',
    why: 'a way out that nobody registered is one that nobody reviews, and that outlives whoever needed it',
    remedy: 'remove the Gateway and what is beside it, or let the tenant declare the host',
    control: 'NET-4',
  },
  PRV038: {
    title: 'a host that a tenant with sidecars registers leads to the egress gateway, and says which name it asks for',
    why: 'sidecars call no waypoint, so that past the gateway nobody asks who calls a host outside',
    remedy:
      'give the ServiceEntry the service of the egress gateway as its only endpoint, and a DestinationRule with ISTIO_MUTUAL and sni for each port',
    control: 'NET-4',
  },
  PRV039: {
    title: 'the egress gateway leads each call to the host and port that the tenant registered',
    why: 'under the name of one host another one gets the calls, with the keys that are in them',
    remedy: 'let VirtualService and ServiceEntry of the name lead to the registered host and port',
    control: 'NET-4',
  },
  PRV040: {
    title: 'every policy can be read',
    why: 'a policy that the prover, or the cluster, reads otherwise than its author proves nothing',
    remedy: 'mend the field',
    control: 'NET-4',
  },
  PRV041: {
    title: 'no object opens paths in a way that is not modelled',
    why: 'the proof would not see what it opens',
    remedy: 'say it with NetworkPolicy, ClusterNetworkPolicy v1alpha2 and the policies of the mesh',
    control: 'NET-4',
  },
  PRV042: {
    title: 'the addresses of the cluster are known',
    why: 'what is not named cannot be proved closed',
    remedy: "complete the region's network facts",
    control: 'NET-5',
  },
  PRV043: {
    title: 'a namespace that holds objects of a tenant is labelled with that tenant',
    why: 'the admin tier finds tenants by the label drun.io/tenant of the namespace: without it none of its denials apply',
    remedy: 'label the namespace with drun.io/tenant',
    control: 'NET-4',
  },
  PRV044: {
    title: 'the selectors of a namespace can be decided',
    why: 'too many independent selectors make more kinds of pods than can be examined',
    remedy: 'use fewer label keys in the selectors',
    control: 'NET-4',
  },
} as const satisfies Readonly<Record<string, FindingText>>;

/** Stable code of a finding, such as `PRV001`. */
export type FindingCode = keyof typeof FINDINGS;
