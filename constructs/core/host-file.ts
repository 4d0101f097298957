import { Construct } from 'constructs';
import type { JsonObject } from './json';

/** A file that belongs on control-plane hosts or nodes, where no Kubernetes object can reach. */
export interface HostFileProps {
  /** Path on the host, such as `/etc/kubernetes/admission.yaml`. */
  readonly path: string;
  /** Octal mode, such as `0600`. */
  readonly mode: '0600' | '0644';
  /** API server flag that names the file, such as `--admission-control-config-file`. */
  readonly flag?: string;
  readonly content: JsonObject;
}

/** A host file as a leaf of the tree. The YAML sink writes it under `hosts/`; test control planes run it as it is. */
export class HostFile extends Construct {
  readonly file: HostFileProps;

  constructor(scope: Construct, id: string, file: HostFileProps) {
    super(scope, id);
    this.file = file;
  }
}

/** Places a host file in the tree. */
export function hostFile(scope: Construct, id: string, props: HostFileProps): HostFile {
  return new HostFile(scope, id, props);
}
