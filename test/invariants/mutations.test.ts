import { gateOf } from '../../stacks/gate';
import { judgeOf, noticedBy } from '../support/judge';
import { mutantsOf } from '../support/mutants';
import { orderOf, renderedRegions } from '../support/rendered';

const TODAY = '2026-11-22';

/** Mutants that change nothing: by pattern, with the reason. */
const EQUIVALENT: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/^PriorityClass \S+ without description$/, 'a description is read by people alone'],
  [/^ClusterNetworkPolicy \S+ without spec\.(in|e)gress\[\d+\]\.name$/, 'the name of a rule is read by people alone'],
  [/AdmissionPolicy \S+ without spec\.failurePolicy$/, 'Kubernetes takes an absent failurePolicy for Fail'],
  [/Binding \S+ without spec\.matchResources\.matchPolicy$/, 'Kubernetes takes an absent matchPolicy for Equivalent'],
];

/** Mutants that `drun check` notices by itself, without knowing what was ordered: by pattern, with the rule that does. */
const NOTICED_BY_RULES: readonly (readonly [control: string, rule: string, pattern: RegExp])[] = [
  [
    'CMP-1',
    'DRN101',
    /^(Namespace|RoleBinding|ClusterQueue) \S+ without metadata\.labels\.(app\.kubernetes\.io\/managed-by|drun\.io\/(tenant|component))$/,
  ],
  ['GPU-1', 'DRN142', /^no ResourceQuota \S+\/gpu$/],
  ['SCN-1', 'DRN143', /^no ResourceQuota \S+\/storage$/],
  ['SCN-1', 'DRN144', /^no ResourceQuota \S+\/objects$/],
  ['SCN-1', 'DRN145', /^no ResourceQuota \S+\/cross-namespace-affinity$/],
  ['GPU-1', 'DRN146', /^no LocalQueue /],
  ['CTR-3', 'DRN160', /^Namespace team-\S+ (without|with) metadata\.labels\.pod-security\.kubernetes\.io/],
  ['NET-4', 'DRN161', /^no NetworkPolicy \S+\/default-deny$/],
  [
    'ENC-1',
    'DRN162',
    /^(no PeerAuthentication (?!istio|drun-ingress)|PeerAuthentication (?!istio|drun-ingress)\S+ with spec\.mtls\.mode: PERMISSIVE$)/,
  ],
  ['NET-1', 'DRN163', /^no AuthorizationPolicy (?!istio)\S+\/default-deny$/],
  ['CTR-3', 'DRN164', /^no TenantPolicy /],
  ['SCN-1', 'DRN165', /^no ResourceQuota \S+\/compute$/],
  ['SCN-1', 'DRN166', /^no LimitRange /],
  ['CTR-3', 'DRN167', /^Namespace (drun|vault|istio|kueue)\S* without metadata\.labels\.pod-security\.kubernetes\.io/],
  ['IAM-2', 'DRN168', /^(no ServiceAccount \S+\/default$|ServiceAccount \S+\/default with automount)/],
  ['NET-1', 'DRN169', /^Namespace team-\S+ (without|with) metadata\.labels\.istio\.io/],
  ['NET-1', 'DRN173', /^Gateway \S+ without metadata\.labels\.istio\.io\/waypoint-for$/],
  ['NET-1', 'DRN174', /^Namespace drun-\S+ without metadata\.labels\.istio\.io\/dataplane-mode$/],
  ['NET-5', 'DRN175', /^no ClusterNetworkPolicy tenants-no-(metadata|nodes)$/],
  ['NET-4', 'DRN176', /^no ClusterNetworkPolicy tenants-default-deny$/],
  ['NET-5', 'DRN177', /^no ClusterNetworkPolicy tenant-/],
  ['NET-1', 'DRN178', /^ServiceEntry \S+ without metadata\.labels\.istio\.io\/use-waypoint$/],
  [
    'CMP-1',
    'DRN195',
    /^no (Namespace|Validating\S+Policy|Mutating\S+Policy|Cluster(Queue|Issuer)|ResourceFlavor|Gateway|ServiceEntry|ServiceAccount|Custom\S+) (?!drun-ingress\/|cert-manager\/)/,
  ],
  ['NET-1', 'DRN305', /^VirtualService drun-ingress\S+ (without spec\.exportTo|with spec\.exportTo\[0\]: \*)/],
  ['NET-2', 'DRN306', /^VirtualService drun-ingress\S+ without spec\.http\[\d\]\.name$/],
  ['NET-3', 'DRN307', /^VirtualService drun-ingress\S+ without spec\.http\[\d\]\.timeout$/],
  ['ENC-1', 'DRN300', /^Gateway drun-ingress\S+ without spec\.servers\[0\]\.tls\.minProtocolVersion$/],
  ['ENC-1', 'DRN302', /^Gateway drun-ingress\S+ without spec\.servers\[0\]\.tls\.credentialName$/],
  ['NET-1', 'DRN303', /^Gateway drun-ingress\S+ without spec\.servers\[0\]\.hosts/],
  ['NET-1', 'DRN304', /^Gateway drun-ingress\S+ without spec\.selector$/],
  ['NET-2', 'DRN311', /^EnvoyFilter drun-ingress\/edge-waf with \S+failure_mode_allow: true$/],
  ['NET-2', 'DRN312', /^EnvoyFilter drun-ingress\/edge-waf without \S+request_body_mode$/],
  [
    'NET-3',
    'DRN313',
    /^EnvoyFilter drun-ingress\S+ without \S+(filter_enabled|filter_enforced|max_dynamic_descriptors)$/,
  ],
  ['NET-1', 'DRN315', /^EnvoyFilter drun-ingress\S+ without spec\.workloadSelector$/],
  ['MDL-2', 'DRN317', /^AuthorizationPolicy drun-ingress\/hello\S+ without spec\.rules\[0\]\.(from|when)$/],
  ['NET-1', 'DRN318', /^AuthorizationPolicy drun-ingress\/(hello|docs)\S+ without spec\.rules\[0\]\.to$/],
  ['NET-3', 'DRN321', /^EnvoyFilter drun-ingress\/edge-global-rates without \S+failure_mode_deny$/],
  [
    'NET-3',
    'DRN322',
    /^EnvoyFilter drun-ingress\/hello\S+ without \S+rate_limits\[\d\]\.actions\[\d\]\.metadata\.default_value$/,
  ],
  ['NET-3', 'DRN349', /^no (EnvoyFilter drun-ingress\/edge-global-rates|Service drun-ingress\/ratelimit)$/],
  [
    'NET-3',
    'DRN351',
    /^(no ConfigMap drun-ingress\/ratelimit|EnvoyFilter drun-ingress\/edge-global-rates without \S+\.domain)$/,
  ],
  ['ENC-1', 'DRN330', /^Certificate \S+ without spec\.privateKey(\.rotationPolicy)?$/],
  ['ENC-1', 'DRN331', /^Certificate \S+ without spec\.dnsNames/],
  ['NET-2', 'DRN340', /^no EnvoyFilter drun-ingress\/edge-waf$/],
  ['NET-1', 'DRN341', /^no AuthorizationPolicy drun-ingress\/edge-default-deny$/],
  ['IAM-1', 'DRN342', /^no RequestAuthentication /],
  ['NET-3', 'DRN343', /^no EnvoyFilter drun-ingress\/edge-requests$/],
  ['NET-3', 'DRN344', /^no EnvoyFilter drun-ingress\/(hello|docs)/],
  ['ENC-1', 'DRN345', /^no Certificate /],
  ['NET-1', 'DRN346', /^no Gateway drun-ingress/],
  ['ENC-2', 'DRN520', /^StorageClass drun-encrypted\S* without (provisioner|parameters(\.encrypted)?)$/],
  ['IAM-2', 'DRN195', /^no ClusterRole drun-(tenant-(developer|owner)|platform-\S+)$/],
  ['CTR-3', 'DRN196', /^(no \S+AdmissionPolicyBinding |\S+Binding \S+ with spec\.validationActions\[0\]: Warn$)/],
  [
    'NET-1',
    'DRN410',
    /^(no )?(Peer|Authorization|Side)\S+ istio-system\/\S*(default|default-deny)( without spec| with spec.*)?$/,
  ],
  [
    'CTR-3',
    'DRN197',
    /^(Validating|Mutating)\S+ \S+ with spec\.(failurePolicy: Ignore|paramRef\.parameterNotFoundAction: Allow)$/,
  ],
];

const [dev] = renderedRegions(['dev']);
if (dev === undefined) throw new Error('dev has no region');
const { objects, plan } = dev;
const judge = judgeOf(objects, orderOf(dev), () => gateOf(plan.environment, TODAY));
const mutants = mutantsOf(objects);
const isEquivalent = (what: string): boolean => EQUIVALENT.some(([pattern]) => pattern.test(what));

test('[CMP-1] whatever is dropped or weakened in the output of dev, an expectation, a rule or a proof notices', () => {
  expect(mutants.length).toBeGreaterThan(objects.length * 10);
  const survivors = mutants.filter((mutant) => !isEquivalent(mutant.what) && noticedBy(judge, mutant) === undefined);
  expect(survivors.map(({ what }) => what)).toEqual([]);
}, 120_000);

test.each(EQUIVALENT)('[CMP-1] what matches %s is rightly not noticed: %s', (pattern) => {
  const [first] = mutants.filter(({ what }) => pattern.test(what));
  expect(first).toBeDefined();
  expect(first && noticedBy(judge, first)).toBeUndefined();
});

test.each(NOTICED_BY_RULES)('[%s] %s alone notices each of %s', (_, rule, pattern) => {
  const concerned = mutants.filter(({ what }) => pattern.test(what));
  expect(concerned.length).toBeGreaterThan(0);
  expect(concerned.filter((mutant) => !judge.rules(mutant).includes(rule)).map(({ what }) => what)).toEqual([]);
});
