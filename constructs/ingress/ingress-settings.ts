import * as z from 'zod';
import { exemptionSchema } from '../core/exemption';
import { hostName, shortName } from '../core/names';
import { addressRanges, ownImage, secretKey } from '../core/references';
import { automaticSchema } from './automatic-settings';
import { globalSchema } from './global-settings';

const cdn = z.discriminatedUnion('profile', [
  z.strictObject({ profile: z.literal('none') }),
  z.strictObject({
    profile: z.enum(['generic', 'cloudflare', 'alibaba', 'cloudfront']),
    ranges: addressRanges.describe('addresses from which the CDN calls; everybody else is refused'),
    clientCa: shortName.describe('Secret of drun-ingress whose ca.crt signs the certificate that the CDN shows'),
    hops: z
      .int()
      .min(1)
      .max(5)
      .default(1)
      .describe(
        'proxies in front of the edge that add to X-Forwarded-For, exactly; one too many and callers choose their address',
      ),
  }),
]);

const dns01 = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('route53'), region: shortName }),
  z.strictObject({ provider: z.literal('cloudDNS'), project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/) }),
  z.strictObject({ provider: z.literal('cloudflare'), apiToken: secretKey }),
]);

const certificates = z.discriminatedUnion('issuer', [
  z.strictObject({
    issuer: z.literal('vault'),
    server: z.url({ protocol: /^https$/ }).default('https://vault.vault.svc:8200'),
    path: z
      .string()
      .regex(/^[a-z0-9-]+\/sign\/[a-z0-9-]+$/, { error: 'mount and role of the PKI, such as pki-edge/sign/edge' })
      .describe('where Vault signs'),
    role: shortName.default('edge-certificates').describe('role of Vault’s Kubernetes authentication'),
    ca: secretKey
      .prefault({ secret: 'vault-ca', key: 'ca.crt' })
      .describe('what verifies Vault’s own certificate, in cert-manager’s namespace'),
  }),
  z.strictObject({
    issuer: z.literal('acme'),
    server: z.url({ protocol: /^https$/ }).default('https://acme-v02.api.letsencrypt.org/directory'),
    email: z.email(),
    dns01,
  }),
]);

const dns = z.strictObject({
  provider: z.enum(['aws', 'google', 'azure', 'alibabacloud', 'cloudflare']),
  zones: z
    .array(hostName)
    .min(1)
    .max(50)
    .describe('zones in which names may be made; tenants’ hosts lie in one of them'),
  owner: shortName
    .optional()
    .describe(
      'who owns the records, written beside each; environment and region when left out, and never two clusters alike',
    ),
});

const waf = z.strictObject({
  engine: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('ext-proc'),
        image: ownImage,
        replicas: z.int().min(2).max(50).default(2),
      }),
      z.strictObject({
        kind: z.literal('wasm'),
        url: z
          .string()
          .regex(/^oci:\/\/\S+$/, { error: 'an image such as oci://registry.example.com/drun/waf-wasm:1.0' }),
        sha256: z.string().regex(/^[a-f0-9]{64}$/),
      }),
      z.strictObject({
        kind: z.literal('dynamic-module'),
        module: shortName.describe('name of the module in the proxy’s own image'),
      }),
    ])
    .describe('where requests are inspected: in a service beside the proxy, or in the proxy itself'),
  /** Fetches tenants' exclusions for the service: https://github.com/kiwigrid/k8s-sidecar. */
  configSync: ownImage
    .optional()
    .describe('image that carries tenants’ exclusions to the firewall; without it they do not apply'),
  paranoia: z
    .int()
    .min(1)
    .max(4)
    .default(1)
    .describe('paranoia level of the OWASP Core Rule Set for routes whose type says no other'),
  mode: z
    .union([z.literal('block'), z.strictObject({ detect: exemptionSchema })], {
      error: '`block`, or `detect` with because, owner and expires',
    })
    .default('block')
    .describe('whether what the rules find is refused, or only written down'),
});

const limits = z.strictObject({
  profile: z
    .enum(['normal', 'under-attack'])
    .default('normal')
    .describe('one switch, back and forth: how much is let in while somebody attacks'),
  connections: z.int().min(100).max(1_000_000).default(20_000).describe('open connections of one proxy'),
  perAddress: z
    .int()
    .min(10)
    .max(600_000)
    .default(6_000)
    .describe('requests a minute from one address to all routes of one host together'),
  automatic: automaticSchema
    .optional()
    .describe('less is let in of each address while the alert of an attack fires, without anybody; needs `alerts`'),
  global: globalSchema
    .optional()
    .describe('who counts over all proxies together; each proxy counts for itself alone when left out'),
});

/** The edge of a cluster: how the world reaches what tenants publish, and what stops what it should not. */
export const ingressSchema = z
  .strictObject({
    waf,
    cdn: cdn
      .prefault({ profile: 'none' })
      .describe('what stands in front of the edge; with one, nobody else reaches it'),
    certificates: certificates.describe('who signs the certificates of published hosts'),
    dns,
    limits: limits.prefault({}),
    issuers: z
      .array(
        z.strictObject({ issuer: z.url({ protocol: /^https$/ }), jwksUri: z.url({ protocol: /^https$/ }).optional() }),
      )
      .max(10)
      .default([])
      .describe('whose tokens callers bring; the environment’s single sign-on when left out'),
    alerts: z
      .enum(['none', 'prometheus-operator'])
      .default('none')
      .describe('whether rules for alerts are made, for clusters that have the operator’s kinds'),
    replicas: z.strictObject({ min: z.int().min(2).default(2), max: z.int().min(2).max(200).default(10) }).prefault({}),
  })
  .refine(({ limits, alerts }) => limits.automatic === undefined || alerts !== 'none', {
    path: ['limits', 'automatic'],
    error: 'alerts: prometheus-operator beside it, because it follows an alert',
  });

/** What a person writes. */
export type IngressProps = z.input<typeof ingressSchema>;
/** The edge with every default filled in. */
export type IngressSettings = Readonly<z.output<typeof ingressSchema>>;
