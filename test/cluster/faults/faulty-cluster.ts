import type { Cluster, ClusterAnswer, ClusterRequest } from '../../../cluster/client/cluster';

/** Something that happens while a write is on its way. */
export interface Fault {
  /** Which write: 1 is the first. */
  readonly at: number;
  /** Whether it happens before the write is sent, while it is on its way, or when it was answered and nobody has seen the answer. */
  readonly when: 'before' | 'during' | 'after';
  readonly strike: () => Promise<void>;
}

/** A cluster that counts writes, and lets something happen at one of them: by count, so that a trial can be repeated. */
export class FaultyCluster implements Cluster {
  readonly name: string;
  writes = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly fault?: Fault,
  ) {
    this.name = cluster.name;
  }

  async request(request: ClusterRequest): Promise<ClusterAnswer> {
    const { method, query } = request;
    if (method === 'GET' || query?.dryRun !== undefined) return this.cluster.request(request);
    this.writes += 1;
    const { fault } = this;
    if (fault === undefined || this.writes !== fault.at) return this.cluster.request(request);
    if (fault.when === 'before') await fault.strike();
    const [answer] = await Promise.all([
      this.cluster.request(request),
      fault.when === 'during' ? fault.strike() : Promise.resolve(),
    ]);
    if (fault.when === 'after') await fault.strike();
    return answer;
  }

  close(): void {
    this.cluster.close();
  }
}
