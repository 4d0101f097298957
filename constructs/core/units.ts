/** An amount of memory or disk in binary units, such as `512Mi`, `80Gi` or `2Ti`; a plain number of bytes cannot be spelled. */
export type Memory = `${number}${'Mi' | 'Gi' | 'Ti'}`;

/** Ways to write a {@link Memory} from a number: `Memory.gib(80)` is `80Gi`. */
export const Memory = {
  mib: (amount: number): Memory => `${amount}Mi`,
  gib: (amount: number): Memory => `${amount}Gi`,
  tib: (amount: number): Memory => `${amount}Ti`,
} as const;

/** Processor cores: a whole number of cores (`8`) or thousandths (`500m`). */
export type Cpu = number | `${number}m`;

/** Mebibytes in a {@link Memory}. */
export function mebibytes(amount: Memory): number {
  const value = Number.parseInt(amount, 10);
  if (amount.endsWith('Ti')) return value * 1024 * 1024;
  return amount.endsWith('Gi') ? value * 1024 : value;
}

/** Thousandths of a core in a {@link Cpu}. */
export function millicores(amount: Cpu): number {
  return typeof amount === 'number' ? amount * 1000 : Number.parseInt(amount, 10);
}
