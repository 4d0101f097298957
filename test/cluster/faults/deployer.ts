import { deploy } from '../../../cluster/apply/deploy';
import { destroy } from '../../../cluster/apply/destroy';
import { connect } from '../../../cluster/client/cluster';
import { type Fault, FaultyCluster } from './faulty-cluster';
import { DEV, REGION, trialPlan } from './plans';

/** A deployer in a process of its own, which ends as if its machine lost power: no handler runs, nothing is flushed. */
async function main([kubeconfig = '', step = '', at = '', when = '']: readonly string[]): Promise<void> {
  const strike = async () => {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  };
  const fault: Fault = { at: Number(at), when: when === 'before' ? 'before' : 'after', strike };
  const options = {
    now: () => performance.now(),
    connect: async () => new FaultyCluster(await connect({ kubeconfig, context: REGION }), fault),
  };
  const plan = trialPlan(step === 'create' ? 'first' : 'changed');
  const reports = step === 'destroy' ? await destroy(DEV.name, [plan], options) : await deploy([plan], options);
  process.exitCode = reports.every(({ outcome }) => outcome === 'deployed' || outcome === 'removed') ? 0 : 1;
}

void main(process.argv.slice(2));
