import type { Row } from './cases/case';

/** Every row of the attack catalogue by its id, in a few words. */
export const ROWS: Readonly<Record<Row, string>> = table(`
R01 read the secrets of a neighbour
R02 list or watch secrets of the whole cluster
R03 hold any right in another namespace
R04 hold any right on a resource of the cluster
R05 create a role with rights that one has not
R06 bind oneself to a stronger role
R07 bind a role for the whole cluster
R08 hold bind, escalate or impersonate
R09 act as an administrator or as somebody of a neighbour
R10 act as an account of the platform in one’s own namespace
R11 ask for a token of somebody else’s account
R12 ask for a token with a reserved audience
R13 make a secret that becomes a long-lived token
R14 bind everybody, or the account of a neighbour
R15 lower the Pod Security level of one’s namespace
R16 annotate one’s namespace: nodes, mesh, devices
R17 write the status of a namespace
R18 take the finalizers off a namespace
R19 steal a namespace by label or owner
R20 create a namespace
R21 delete a namespace
R22 change or delete what the platform made
R23 imitate the platform, or take its objects over
R24 have a client certificate signed
R25 read, change or call nodes
R26 bind a pod to a node
R27 write statuses and endpoints
R28 create classes that all tenants share
R29 extend the API server
R30 delete or change admission policies
R31 ask about the rights and tokens of others
R32 change the order in which requests are served
R33 hold the leases of nodes and of the scheduler
R34 read the API without signing on
R35 create anything in the namespaces of Kubernetes
R36 publish roots of trust, ask for certificates of pods
R37 go round network policies through the API server
R38 open a shell in pods of others
R39 list namespaces and pods of others
R40 widen a role by a label
P01 create a pod that Pod Security refuses
P02 create such a pod through a template
P03 debug with a container that Pod Security refuses
S01 choose the node
S02 tolerate what keeps others off a node
S03 select the nodes of a neighbour
S04 select no pool
S05 bring a scheduler
S06 take a priority above one’s own
S07 leave the sandbox, or choose another
S08 share the users of the host
S09 run an image of another registry
S10 run an image by its tag
S11 ask the container runtime for GPUs
S12 mount the folder that grants GPUs
S13 take a GPU of a kind that was not leased
S14 run as an account of the platform
S15 mount the token of the default account
S16 leave the mesh
S17 steer or replace the proxy
S18 run as the user whom the mesh does not capture
S19 pose as the proxy
S20 attach another network
S21 lift the limit on bandwidth
S22 bring name servers
S23 mount a driver’s volume inline
S24 keep a neighbour’s pods off nodes
S25 keep a node from being drained
S26 never stop, or keep a terminal open for ever
S27 add a finalizer that nobody takes off
S28 block the deletion of an owner
S29 take the place of a service of the platform
S30 share the processes of the proxy
S31 rename hosts of the platform
S32 run on every node
S33 pose as a pod of the node itself
S34 the same through every kind of template
S35 the same by every way to write
S36 fill a pod with containers
Q01 take one GPU more
Q02 create at the same time more than the quota allows
Q03 claim more devices than the quota allows
Q04 let a Job claim devices without end
Q05 take a GPU under another of its names
Q06 claim devices with administrator access
Q07 claim a class that was not granted, all devices, or settings of the driver
Q08 take more processor, memory, scratch space or pods
Q09 take more or other storage
Q10 open load balancers and node ports
Q11 fill the store
Q12 flood with events
Q13 escape a quota by priority
Q14 change a quota
Q15 ask for little and use much
Q16 grow a pod above the quota
Q17 go round the queue
Q18 give a debugging container resources
Q19 scale beyond the quota
Q20 start Jobs without end
N01 open a port on every node
N02 order a load balancer
N03 take an address of others
N04 point a name at somebody else
N05 point a service at somebody else’s addresses
N06 write a load balancer’s address
N07 choose the address of a service
N08 steer the cloud’s load balancer
N09 open one’s network to everybody
N10 delete the denial of traffic
N11 call metadata, API server, nodes, etcd
N12 resolve names outside
N13 serve a host of others
N14 serve all hosts of a domain
N15 serve every host
N16 collide with a neighbour’s host
N17 present a certificate of another host
N18 use another ingress
N19 slip configuration into the ingress
N20 open a gateway
N21 route a host of others
N22 route every host
N23 send traffic into another namespace
N24 grant others the way in
N25 route other protocols
N26 extend or switch off the firewall
N27 publish names
N28 order a certificate for others
N29 balance another’s name over clusters
N30 write a host so that it reads like another
N31 hide an IPv4 range in an IPv6 one
I01 route the mesh’s traffic
I02 export a route to everybody
I03 turn off encryption to a neighbour
I04 hijack a host
I05 add a workload to the mesh
I06 let traffic out
I07 patch the proxy
I08 accept plain text
I09 let everybody in
I10 fetch keys from inside
I11 run code in the proxy
I12 turn off what the mesh records
I13 serve every host with somebody’s certificate
I14 configure the proxy
I15 change the mesh of one’s namespace
I16 pass for the same namespace in another cluster
I17 read the mesh’s debugging pages
I18 have a certificate of another identity signed
D01 bind a neighbour’s volume
D02 create a volume
D03 copy a volume of another namespace
D04 use a storage class that was not granted
D05 adopt a snapshot
D06 use a store of secrets that was not opened
D07 read a secret outside one’s path
D08 push secrets, make secrets everywhere
D09 use a neighbour’s role in Vault
D10 send Vault’s clients to oneself
D11 leave one’s path in Vault
D12 sign on to Vault as another
D13 back up or restore
D14 leave data out of the backup
D15 run commands through the backup
D16 make policies or exceptions
D17 take a role of the cloud
D18 replace the roots that pods trust
D19 find a secret in the store as plain text
D20 run an image that nobody signed
D21 move a tag after signing
D22 load a model that was changed
D23 bring a scanner that is known to be bad
D24 install a GPU operator that is known to be bad
D25 make secrets that sign somebody on
D26 leave a secret in settings
W01 kill the webhook that polices
W02 kill the injector of sidecars
W03 lose the parameters of a policy
W04 break the rule itself
W05 lose a policy
W06 lose the labels of a namespace
W07 exhaust the rule with a thousand containers
W08 let a controller do it
W09 write first after a restart
W10 use an older version of the API
W11 send three megabytes
W12 use a token that has expired
W13 restart between a policy and its binding
W14 keep a namespace from going away
`);

/** Rows that two sweeps over every right decide. */
export const SWEPT: readonly Row[] = ['R03', 'R04', 'R08', 'R09', 'R10'];

/** Rows that are decided by trials which write, break and restart: in the project's own tests, never against a user's cluster. */
export const TRIED: readonly Row[] = ['Q02', 'Q04', 'Q19', 'Q20', 'W03', 'W04', 'W06', 'W09', 'W12', 'W13', 'W14'];

/** Rows that a control plane alone cannot decide, or that mean nothing here, each with the reason. */
export const NOT_HERE: Readonly<Record<Row, string>> = {
  Q13: 'no quota of the platform has a priority as its scope; a priority above the tenant’s is refused (S06)',
  N11: 'the network decides: `drun prove` shows for every pod that none of these addresses can be reached',
  I17: 'istiod decides who reads its debugging pages; to the network its namespace is closed (`drun prove`)',
  I18: 'istiod signs only for the identity of the token it is shown; tokens for its audience are refused (R12)',
  D11: 'Vault decides; no tenant can make an object that its controllers would follow (D07 to D10)',
  D12: 'Vault decides; tokens of other accounts and audiences are refused (R11, R12)',
  D19: 'the bytes in etcd are read in the tests of the control plane',
  D20: 'a verifier of signatures decides, with a registry; images are held to digests (S10)',
  D21: 'a digest cannot be moved: images are held to digests (S10)',
  D22: 'the loader of the model decides, before it reads a byte',
  D23: 'versions are decided where they are chosen: in the catalog, when it is synthesized',
  D24: 'versions are decided where they are chosen: in the catalog, when it is synthesized',
  D26: 'nobody can tell a secret from a setting; `drun check` warns of what looks like one',
  W01: 'no webhook polices: the policies run inside the API server',
  W05: 'a lost policy is found by `drun drift`, not prevented: who may delete it is the platform itself (R30)',
};

function table(text: string): Readonly<Record<string, string>> {
  const lines = text.trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, 3), line.slice(4)]));
}
