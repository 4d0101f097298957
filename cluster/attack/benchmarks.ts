/** A check that somebody else asks for, and what answers it here. */
export interface BenchmarkCheck {
  readonly id: string;
  /** What it asks for, in our own words. */
  readonly title: string;
  /** Rows of the attack catalogue. */
  readonly rows: readonly string[];
  /** Codes of rules and proofs over the objects. */
  readonly codes: readonly string[];
  /** What is different here, or why no case can answer it. */
  readonly because?: string;
}

/** A catalogue of checks. */
export interface Benchmark {
  readonly name: string;
  readonly source: string;
  readonly checks: readonly BenchmarkCheck[];
}

/** `id; title; rows; codes; because`, a check in each line. */
function checks(text: string): readonly BenchmarkCheck[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', title = '', rows = '', codes = '', ...rest] = line.split(';').map((part) => part.trim());
      const because = rest.join('; ');
      const check = { id, title, rows: words(rows), codes: words(codes) };
      return because === '' ? check : { ...check, because };
    });
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}

/** The behaviour that the working group on multi-tenancy asks of a cluster; all level 1 and 2 checks, and those it only proposed. */
const MULTI_TENANCY: Benchmark = {
  name: 'Multi-Tenancy Benchmark',
  source: 'https://github.com/kubernetes-retired/multi-tenancy/tree/master/benchmarks',
  checks: checks(`
MTB-PL1-CC-CPI-1; no access to resources of the cluster; R04 R25 R28 R29 R30; DRN180 DRN182 PRV103 PRV104
MTB-PL1-BC-CPI-2; what administrators manage in a namespace stays as it is; R22 R23 N10; PRV120
MTB-PL1-BC-CPI-3; no capabilities are added; P01 P02 P03; DRN112 DRN160
MTB-PL1-BC-CPI-4; nothing runs as root; P01 P02 P03; DRN112 DRN160
MTB-PL1-BC-CPI-5; no privileged containers; P01 P02 P03; DRN112 DRN160
MTB-PL1-BC-CPI-6; no escalation of privileges; P01 P02 P03; DRN112 DRN160
MTB-PL1-CC-DI-1; images are checked at every start; S10; DRN110
MTB-PL1-CC-FNS-1; a quota for processor, memory and storage; Q08 Q09; DRN143 DRN165
MTB-PL1-CC-FNS-2; a limit on the number of objects; Q11 Q20; DRN144
MTB-PL1-BC-HI-1; no folders of the host; P01 P02; DRN114 DRN160
MTB-PL1-BC-HI-2; no ports on nodes; N01 Q10; DRN144
MTB-PL1-BC-HI-3; no network and no ports of the host; P01 P02; DRN114 DRN160
MTB-PL1-BC-HI-4; no processes of the host; P01 P02; DRN114 DRN160
MTB-PL1-BC-HI-5; no interprocess communication of the host; P01 P02; DRN114 DRN160
MTB-PL1-CC-TI-1; a tenant cannot change its quotas; R22 Q14; PRV120
MTB-PL1-CC-TI-2; a tenant cannot reach objects of another; R01 R03 R38; PRV101
MTB-PL2-BC-OPS-3; a tenant can manage its network policies; N09; PRV002; decided otherwise: paths are declared in the tenant’s file and opened by both ends, and no request of a tenant opens one
MTB-PL2-BC-OPS-4; a tenant can manage its role bindings; R06 R14; PRV122; decided otherwise: who belongs to a tenant is decided by the identity provider and in the tenant’s file
proposed-1; storage comes from claims; D02 D04 P01; DRN160
proposed-2; a disk is wiped when its claim goes; D04; ; the classes of the platform delete, and no other can be named
proposed-3; no claim on volumes that exist; D01; 
proposed-4; no traffic between tenants; N09 N10; PRV001 PRV004 PRV005
proposed-5; all capabilities are dropped; P01 P02 P03; DRN112
proposed-6; a tenant can create namespaces; R20; ; decided otherwise: namespaces are lines in the tenant’s file, with their quotas
`),
};

/** Section 5 of the CIS Kubernetes Benchmark 1.12: what policies and roles must say. */
const CIS: Benchmark = {
  name: 'CIS Kubernetes Benchmark 1.12, section 5',
  source: 'https://www.cisecurity.org/benchmark/kubernetes',
  checks: checks(`
5.1.1; cluster-admin is bound where nothing less will do; R06 R07; DRN181 PRV131
5.1.2; few may read secrets; R01 R02; PRV101 PRV102
5.1.3; roles name what they allow; R08; DRN180 PRV130
5.1.4; few may create pods; R22 R35; PRV101 PRV102
5.1.5; default accounts are not used; S15 R11; DRN168
5.1.6; tokens are mounted where they are needed; S15 R12; DRN113
5.1.7; system:masters is nobody’s group; R09 R24; PRV131
5.1.8; nobody binds, impersonates or escalates; R05 R06 R08 R09 R10; PRV110 PRV111
5.1.9; few may create volumes; D02; PRV104
5.1.10; nobody calls nodes through the API server; R25; PRV113
5.1.11; few approve certificates; R24; PRV104
5.1.12; few configure webhooks; R29; PRV104
5.1.13; few create tokens of accounts; R11 R12; PRV101
5.2.1; policies are enforced on what pods may do; P01 P02 S09; DRN160 DRN196 DRN197
5.2.2; no privileged containers; P01 P02 P03; DRN112 DRN160
5.2.3; no processes of the host; P01 P02; DRN114 DRN160
5.2.4; no interprocess communication of the host; P01 P02; DRN114 DRN160
5.2.5; no network of the host; P01 P02; DRN114 DRN160
5.2.6; no escalation of privileges; P01 P02 P03; DRN112 DRN160
5.2.7; nothing runs as root; P01 P02 P03; DRN112 DRN160
5.2.8; no raw network packets; P01 P02 P03; DRN112 DRN160
5.2.9; no capabilities are given; P01 P02 P03; DRN112 DRN160
5.2.10; no Windows containers of the host; P01 P02 P03; DRN160
5.2.11; no folders of the host; P01 P02; DRN114 DRN160
5.2.12; no ports of the host; P01 P02; DRN114 DRN160
5.3.1; the network enforces network policies; ; DRN161 PRV001; the plugin is the cluster’s; that the policies suffice is proved over the objects
5.3.2; every namespace has network policies; N10; DRN161 DRN176 DRN177
5.4.1; secrets are files rather than variables; R01; DRN120 DRN122; values come from Vault, and no Secret of the platform carries one
5.4.2; secrets live in a store of their own; D06 D07 D08; DRN121 DRN122
5.5.1; the origin of images is decided at admission; S09 S10; DRN110
5.6.1; namespaces are borders; R03 R20; DRN101 PRV043
5.6.2; seccomp is on; P01 P02 P03; DRN160
5.6.3; pods and containers have a security context; P01 P02 P03; DRN112 DRN160
5.6.4; the default namespace is not used; R35; DRN102
`),
};

/** The ten risks that OWASP names for Kubernetes (2025). */
const OWASP: Benchmark = {
  name: 'OWASP Kubernetes Top 10 (2025)',
  source: 'https://owasp.org/www-project-kubernetes-top-ten/',
  checks: checks(`
K01; workloads that are configured without care; P01 P02 P03 S08 S30 Q08; DRN111 DRN112 DRN114
K02; rights that are too wide; R03 R04 R05 R06 R07 R08; DRN180 DRN181 PRV111
K03; secrets that are not kept; R01 R02 R13 D07 D25; DRN120 DRN121 DRN122
K04; no policies for the whole cluster; S09 W03 W04 W06 W09; DRN164 DRN196 DRN197
K05; networks without borders; N05 N09 N10; DRN161 PRV001 PRV004
K06; components that are open to the world; R34 R37 N01 N02; PRV011 PRV113
K07; components that are old or misconfigured; R29 R30 R32; DRN160 DRN167; the flags of the control plane are those of the CIS benchmark, as host files; versions stand in one catalog
K08; from the cluster into the cloud; D17 R12 N08; PRV010 PRV014
K09; identities that are not checked; R09 R11 R12 R34 W12; DRN113
K10; nobody looks; ; DRN197; every refusal of a policy is written to the audit log; what watches the log is not part of this platform yet
`),
};

/** Every catalogue that is mapped. */
export const BENCHMARKS: readonly Benchmark[] = [MULTI_TENANCY, CIS, OWASP];
