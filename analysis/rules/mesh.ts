import { isRecord, listAt, recordAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf } from '../../constructs/core/rule';

/** No object weakens mutual TLS; `istioctl analyze` does not look for this. */
export const noPlainText: ObjectRule = {
  id: 'DRN170',
  title: 'no mesh object turns mutual TLS off or makes it optional',
  why: 'one PERMISSIVE port is enough for plain text, and a client told to DISABLE sends it',
  remedy: 'remove the mode, or write STRICT for servers and ISTIO_MUTUAL for clients',
  control: 'NET-1',
  kinds: ['PeerAuthentication.security.istio.io', 'DestinationRule.networking.istio.io'],
  check: ({ object, kind }) => {
    const modes = kind === 'PeerAuthentication' ? serverModes(object) : clientModes(object);
    if (modes.length === 0) return NOT_APPLICABLE;
    return outcomeOf(
      modes.flatMap(({ field, mode, weak }): readonly Finding[] =>
        weak(mode)
          ? [{ field, given: show(mode), expected: weak === isWeakServer ? 'STRICT' : 'ISTIO_MUTUAL or verified TLS' }]
          : [],
      ),
    );
  },
};

interface Mode {
  readonly field: string;
  readonly mode: unknown;
  readonly weak: (mode: unknown) => boolean;
}

function isWeakServer(mode: unknown): boolean {
  return mode !== 'STRICT' && mode !== undefined && mode !== 'UNSET';
}

function isWeakClient(mode: unknown): boolean {
  return mode === 'DISABLE' || mode === 0;
}

function serverModes(object: unknown): readonly Mode[] {
  const ports = Object.entries(recordAt(object, 'spec', 'portLevelMtls')).map(([port, setting]): Mode => {
    return { field: `spec.portLevelMtls["${port}"].mode`, mode: valueAt(setting, 'mode'), weak: isWeakServer };
  });
  return [{ field: 'spec.mtls.mode', mode: valueAt(object, 'spec', 'mtls', 'mode'), weak: isWeakServer }, ...ports];
}

function clientModes(object: unknown): readonly Mode[] {
  const subsets = listAt(object, 'spec', 'subsets').map((subset, index) => {
    return { path: `spec.subsets[${index}].trafficPolicy`, policy: valueAt(subset, 'trafficPolicy') };
  });
  const all = [{ path: 'spec.trafficPolicy', policy: valueAt(object, 'spec', 'trafficPolicy') }, ...subsets];
  return all.flatMap(({ path, policy }) => {
    const ports = listAt(policy, 'portLevelSettings').map((setting, index) =>
      modeOf(setting, `${path}.portLevelSettings[${index}]`),
    );
    return [modeOf(policy, path), ...ports].filter(({ mode }) => mode !== undefined);
  });
}

function modeOf(policy: unknown, path: string): Mode {
  const tls = isRecord(policy) ? valueAt(policy, 'tls', 'mode') : undefined;
  return { field: `${path}.tls.mode`, mode: tls, weak: isWeakClient };
}
