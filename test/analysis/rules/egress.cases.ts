import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const PLACE = 'drun-egress-gateway';
const NAME = '443.api.openai.com.acme.egress.drun.io';
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const ID = 'acme--443-api-openai-com';
const PODS = { istio: 'egress' };

const at = (kind: string, spec: Doc, group = 'networking.istio.io/v1') =>
  of('acme', group, kind, ID, { metadata: { namespace: PLACE }, spec });
const SERVER = {
  port: { number: 8443, name: 'tls', protocol: 'TLS' },
  hosts: [`./${NAME}`],
  tls: { mode: 'ISTIO_MUTUAL' },
};
const gateway = (changes: Doc = {}) => at('Gateway', { selector: PODS, servers: [{ ...SERVER, ...changes }] });
const RULE = {
  from: [{ source: { principals: ['drun.example/ns/acme-train/sa/*'] } }],
  when: [{ key: 'connection.sni', values: [NAME] }],
};
const policy = (rule: Doc) =>
  at(
    'AuthorizationPolicy',
    { selector: { matchLabels: PODS }, action: 'ALLOW', rules: [rule] },
    'security.istio.io/v1',
  );
const from = (...principals: readonly string[]) => ({ ...RULE, from: [{ source: { principals } }] });
const asking = (...values: readonly string[]) => ({ ...RULE, when: [{ key: 'connection.sni', values }] });
const filter = (version: string, portNumber = 8443, labels: Doc = PODS) =>
  by('egress', 'networking.istio.io/v1alpha3', 'EnvoyFilter', 'egress-tls', {
    metadata: { namespace: PLACE },
    spec: {
      workloadSelector: { labels },
      configPatches: [
        {
          applyTo: 'FILTER_CHAIN',
          match: { listener: { portNumber } },
          patch: {
            value: {
              transport_socket: {
                typed_config: { common_tls_context: { tls_params: { tls_minimum_protocol_version: version } } },
              },
            },
          },
        },
      ],
    },
  });
const elsewhere = of('acme', 'networking.istio.io/v1', 'Gateway', 'x', {
  metadata: { namespace: 'drun-ingress' },
  spec: { selector: { istio: 'ingress' }, servers: [{ ...SERVER, tls: { mode: 'SIMPLE' } }] },
});

/** Everything that one name at the gateway consists of. */
const WHOLE: Readonly<Record<string, Doc>> = {
  call: of('acme', 'networking.istio.io/v1', 'DestinationRule', 'to-api-openai-com', {
    metadata: { namespace: 'acme-train' },
    spec: {
      host: 'api.openai.com',
      trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni: NAME } }] },
    },
  }),
  server: gateway(),
  route: at('VirtualService', { hosts: [NAME] }),
  target: at('ServiceEntry', { hosts: [NAME] }),
  callers: policy(RULE),
};

/** The way out of pods with sidecars. */
export const EGRESS: readonly Case[] = [
  ...[
    { tls: { mode: 'SIMPLE', credentialName: 'a' } },
    { tls: { mode: 'PASSTHROUGH' } },
    { tls: undefined },
    { port: { ...SERVER.port, protocol: 'TCP' } },
    { port: { ...SERVER.port, number: 443 } },
    { hosts: ['*'] },
    { hosts: ['./*.egress.drun.io'] },
    { hosts: [NAME] },
    { hosts: [`./${NAME}`, './443.evil.example.acme.egress.drun.io'] },
  ].map(
    (changes): Case => ({
      rule: 'DRN425',
      where: `a server of the egress gateway has ${JSON.stringify(changes)}`,
      fails: [gateway(changes)],
      passes: [gateway()],
      silent: [CONFIG, elsewhere],
    }),
  ),
  ...[
    { when: RULE.when },
    from('*'),
    from('drun.example/ns/*/sa/*'),
    from('drun.example/ns/beta-serve/sa/*'),
    from('drun.example/ns/acme-train/sa/*', 'drun.example/ns/beta-serve/sa/*'),
    from(),
    { from: RULE.from },
    asking('*'),
    asking('*.acme.egress.drun.io'),
    { ...RULE, when: [{ key: 'connection.sni', notValues: [NAME] }] },
  ].map(
    (rule): Case => ({
      rule: 'DRN426',
      where: `a policy of the egress gateway allows ${JSON.stringify(rule)}`,
      fails: [policy(rule)],
      passes: [policy(RULE), policy(asking(NAME, `8${NAME}`))],
      silent: [CONFIG, at('AuthorizationPolicy', { selector: { matchLabels: PODS } }, 'security.istio.io/v1')],
    }),
  ),
  ...Object.keys(WHOLE).map(
    (part): Case => ({
      rule: 'DRN427',
      where: `a name at the egress gateway lacks its ${part}`,
      fails: Object.entries(WHOLE).flatMap(([one, object]) => (one === part ? [] : [object])),
      passes: Object.values(WHOLE),
      silent: [CONFIG, elsewhere],
    }),
  ),
  ...[[], [filter('TLSv1_2')], [filter('TLSv1_3', 443)], [filter('TLSv1_3', 8443, { istio: 'ingress' })]].map(
    (filters, i): Case => ({
      rule: 'DRN428',
      where: `nothing sets the lowest version of TLS at the egress gateway (${i + 1})`,
      fails: [gateway(), ...filters],
      passes: [gateway(), filter('TLSv1_3')],
      silent: [CONFIG, elsewhere],
    }),
  ),
];
