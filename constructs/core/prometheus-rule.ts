import type { Manifest } from './manifest';

/** `monitoring.coreos.com/v1` PrometheusRule, as far as this project writes them. */
export interface PrometheusRule extends Manifest {
  readonly spec: { readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[] };
}

/** One alert: when it fires, and what whoever reads it is to do. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}
