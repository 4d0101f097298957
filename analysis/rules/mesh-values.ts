import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import type { Subject } from '../../constructs/core/rule';

type Values = Readonly<Record<string, unknown>>;

/** Values with which a chart of the mesh is installed, and where in the object they stand. */
export interface ChartValues {
  readonly chart: string;
  readonly values: Values;
  readonly path: string;
}

/** Kinds that install the mesh: by a chart of Flux or Argo CD, or by an operator of Istio's own. */
export const INSTALLERS = [
  'HelmRelease.helm.toolkit.fluxcd.io',
  'Application.argoproj.io',
  'IstioOperator.install.istio.io',
  'Istio.sailoperator.io',
] as const;

/** The values of a chart that the object installs; undefined where it installs none. Values that are one text are unread. */
export function chartValues({ kind, object }: Subject): ChartValues | undefined {
  switch (kind) {
    case 'HelmRelease': {
      const chart = stringAt(object, 'spec', 'chart', 'spec', 'chart') ?? stringAt(object, 'spec', 'chartRef', 'name');
      return chart === undefined
        ? undefined
        : { chart, values: recordAt(object, 'spec', 'values'), path: 'spec.values' };
    }
    case 'Application': {
      const chart = stringAt(object, 'spec', 'source', 'chart');
      const values = recordAt(object, 'spec', 'source', 'helm', 'valuesObject');
      return chart === undefined ? undefined : { chart, values, path: 'spec.source.helm.valuesObject' };
    }
    case 'IstioOperator':
      return { chart: 'istiod', values: operatorValues(object), path: 'spec' };
    default:
      return { chart: 'istiod', values: recordAt(object, 'spec', 'values'), path: 'spec.values' };
  }
}

/** An operator has the mesh configuration beside the values. */
function operatorValues(object: Values): Values {
  return { ...recordAt(object, 'spec', 'values'), meshConfig: recordAt(object, 'spec', 'meshConfig') };
}

/** Istio's control plane as it is installed. */
export interface ControlPlane {
  readonly config: Values;
  readonly values: Values;
  /** Path of a field of the mesh configuration. */
  readonly at: (field: string) => string;
  /** A variable of istiod, under `env` or the older `pilot.env`. */
  readonly env: (name: string) => string | undefined;
  readonly envAt: (name: string) => string;
}

/** The control plane that the object installs; undefined for everything else. */
export function controlPlane(subject: Subject): ControlPlane | undefined {
  const found = chartValues(subject);
  if (found === undefined || found.chart !== 'istiod') return undefined;
  const { values, path } = found;
  const variable = (name: string): unknown => valueAt(values, 'env', name) ?? valueAt(values, 'pilot', 'env', name);
  return {
    config: recordAt(values, 'meshConfig'),
    values,
    at: (field) => `${path}.meshConfig.${field}`,
    env: (name) => {
      const value = variable(name);
      return value === undefined ? undefined : String(value);
    },
    envAt: (name) => `${path}.env.${name}`,
  };
}

/** The texts of a list; what is no text is left out. */
export function textsAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  return listAt(value, ...keys).filter((item): item is string => typeof item === 'string');
}

/** Every text below a value, at any depth of maps and lists that a configuration has. */
export function textsBelow(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsBelow);
  return isRecord(value) ? Object.values(value).flatMap(textsBelow) : [];
}
