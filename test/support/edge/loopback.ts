import { randomInt } from 'node:crypto';

/** An address of this machine for a number from 1 to 250. */
export type Loopback = (host: number) => string;

/**
 * A network of this machine for one lab, so that two labs may use the same ports: Linux answers on all of 127.0.0.0/8. Labs of
 * other processes take other networks; where two still meet, the second one fails to listen and says so.
 */
export function newLoopback(): Loopback {
  const network = `127.${randomInt(64, 127)}.${randomInt(1, 255)}`;
  return (host) => `${network}.${host}`;
}
