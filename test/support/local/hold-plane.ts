import { startWorld } from './world';

/** Starts a control plane, says the process ids of its parts and stays until it is killed. */
async function main(): Promise<void> {
  const { plane } = await startWorld();
  process.stdout.write(`${plane.parts.map((part) => plane.pid(part)).join(' ')}\n`);
}

void main();
