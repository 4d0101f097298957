import type { Json, JsonObject } from '../../constructs/core/json';
import { accessOf } from './credentials';
import { HttpCluster } from './http-cluster';

/** Somebody to act as; whoever asks needs the right to impersonate. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One request to an API server. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the server's address: `/api/v1/namespaces/x/pods`. */
  readonly path: string;
  /** `dryRun: 'All'`, `fieldValidation: 'Strict'`, `fieldManager: ...`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** @default application/json */
  readonly contentType?: string;
  /** What is asked for in the answer. @default application/json */
  readonly accept?: string;
  readonly as?: Impersonation;
  /** Bearer token in the place of the kubeconfig's identity: no certificate and no other credential is sent with it. */
  readonly token?: string;
}

/** What the server said. */
export interface ClusterAnswer {
  readonly status: number;
  /** The JSON object of the answer; `{ text }` where it is none. */
  readonly body: JsonObject;
  /** Texts of the `Warning` headers. */
  readonly warnings: readonly string[];
}

/** One API server and an identity. */
export interface Cluster {
  /** Context of the kubeconfig. */
  readonly name: string;
  /**
   * Answers of any status are returned; rejects with a `ProblemError` where there is no answer (LIV002) or no credential
   * (LIV003). Told to wait (429 or 503 with `Retry-After`) it tries again, and only what may be sent twice.
   */
  request(request: ClusterRequest): Promise<ClusterAnswer>;
  close(): void;
}

/** Which cluster. */
export interface ConnectOptions {
  /** Path of a kubeconfig. @default - KUBECONFIG, then ~/.kube/config, then the pod's own account */
  readonly kubeconfig?: string;
  /** @default - the kubeconfig's current one */
  readonly context?: string;
}

/** Reads credentials and prepares connections; sends nothing yet. Throws a `ProblemError` (LIV001) without a kubeconfig or context. */
export async function connect(options: ConnectOptions = {}): Promise<Cluster> {
  return new HttpCluster(accessOf(options));
}
