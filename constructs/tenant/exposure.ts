import { destinationRule, wafExclusions } from '../ingress/exposed-service';
import { exposureAuthorization, exposureLimits } from '../ingress/exposure-rules';
import type { ExposureSpec } from '../ingress/exposure-spec';
import { publishedHostManifests } from '../ingress/published-host';
import type { TenantPart } from './tenant-part';

/** Services that the tenant publishes: objects of the tenant in the edge's namespace, where no tenant has any right. */
export const exposurePart: TenantPart = {
  name: 'exposure',
  controls: {
    'NET-1':
      'a published service asks for a token of the single sign-on, unless it says why not, who answers and until when',
    'NET-2': 'every route has a type, by which the web application firewall inspects what is sent there',
    'NET-3': 'every route has a limit of requests from one address and from all',
    'ENC-1': 'published hosts speak TLS 1.3 and nothing older, with a new key for every certificate',
  },
  manifests: ({ spec, edge }, stamp) => {
    const { name: tenant, expose } = spec;
    if (expose.length === 0) return [];
    const hosts = [...new Set(expose.map(({ host }) => host))];
    return [
      ...hosts.flatMap((host) =>
        publishedHostManifests({ tenant, host, exposures: expose.filter((one) => one.host === host) }, edge, stamp),
      ),
      ...expose.flatMap((exposure) => [
        exposureAuthorization(tenant, exposure, expose, edge, stamp),
        exposureLimits(tenant, exposure, edge, stamp),
      ]),
      ...services(expose).map((exposed) => destinationRule(tenant, exposed, stamp)),
      ...wafExclusions(tenant, expose, stamp),
    ];
  },
};

/** Each published Service once. */
function services(expose: readonly ExposureSpec[]): readonly ExposureSpec[] {
  const seen = new Map(expose.map((one) => [`${one.namespace}/${one.service}`, one]));
  return [...seen.values()];
}
