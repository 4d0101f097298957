/** Inclusive range of port numbers. */
export type PortInterval = readonly [first: number, last: number];

/** A set of ports as sorted, disjoint intervals that do not touch; equal sets have equal lists. */
export type PortSet = readonly PortInterval[];

export const FIRST_PORT = 1;
export const LAST_PORT = 65_535;

export const NO_PORTS: PortSet = [];
export const ALL_PORTS: PortSet = [[FIRST_PORT, LAST_PORT]];

/** The set of the given intervals, in any order and overlapping as they like; what lies outside 1-65535 is cut off. */
export function portSet(intervals: readonly PortInterval[]): PortSet {
  const sorted = intervals
    .map(([first, last]): PortInterval => [Math.max(first, FIRST_PORT), Math.min(last, LAST_PORT)])
    .filter(([first, last]) => first <= last)
    .sort((a, b) => a[0] - b[0]);
  const merged: PortInterval[] = [];
  for (const next of sorted) {
    const tail = merged.at(-1);
    if (tail === undefined || next[0] > tail[1] + 1) merged.push(next);
    else merged[merged.length - 1] = [tail[0], Math.max(tail[1], next[1])];
  }
  return merged;
}

/** The set of single ports. */
export function portsOf(ports: readonly number[]): PortSet {
  return portSet(ports.map((port): PortInterval => [port, port]));
}

export function isEmptyPorts(set: PortSet): boolean {
  return set.length === 0;
}

export function hasPort(set: PortSet, port: number): boolean {
  return set.some(([first, last]) => first <= port && port <= last);
}

/** The lowest port of the set, or undefined where it is empty. */
export function firstPort(set: PortSet): number | undefined {
  return set[0]?.[0];
}

export function unionPorts(a: PortSet, b: PortSet): PortSet {
  if (a.length === 0 || b === ALL_PORTS) return b;
  if (b.length === 0 || a === ALL_PORTS) return a;
  return portSet([...a, ...b]);
}

export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  if (a === ALL_PORTS || b.length === 0) return b;
  if (b === ALL_PORTS || a.length === 0) return a;
  const common: PortInterval[] = [];
  for (const [first, last] of a) {
    for (const [from, to] of b) {
      if (from <= last && first <= to) common.push([Math.max(first, from), Math.min(last, to)]);
    }
  }
  return portSet(common);
}

/** The ports of `a` that are not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  if (a.length === 0 || b.length === 0) return a;
  if (b === ALL_PORTS) return NO_PORTS;
  let rest: PortInterval[] = [...a];
  for (const [from, to] of b) {
    rest = rest.flatMap(([first, last]): PortInterval[] => {
      if (to < first || last < from) return [[first, last]];
      const left: PortInterval[] = first < from ? [[first, from - 1]] : [];
      return to < last ? [...left, [to + 1, last]] : left;
    });
  }
  return rest;
}

/** `80,443,8000-9000`, `all ports` or `no port`. */
export function formatPorts(set: PortSet): string {
  if (set.length === 0) return 'no port';
  const [only] = set;
  if (only !== undefined && only[0] === FIRST_PORT && only[1] === LAST_PORT) return 'all ports';
  return set.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
