/**
 * Addresses of both families on one line of integers: IPv4 takes 0 .. 2^32 - 1 and IPv6 what follows. So one kind of
 * range serves both, and no range of one family can meet one of the other.
 */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, disjoint ranges. */
export type AddressSet = readonly AddressRange[];

const IPV6_BASE = 1n << 32n;

/** Every address there is. */
export const ALL_ADDRESSES: AddressSet = [{ first: 0n, last: IPV6_BASE + (1n << 128n) - 1n }];

/**
 * The range of a CIDR such as `10.0.0.0/8` or `fd00::/8`; undefined where it is none. Host bits are masked off, as the
 * API server does. IPv4-mapped IPv6 is refused: readers disagree on which family it is.
 */
export function parseCidr(text: string): AddressRange | undefined {
  const [address = '', length, ...rest] = text.split('/');
  if (length === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  const parsed = parseAddress(address);
  if (parsed === undefined || Number(length) > parsed.bits) return undefined;
  return rangeOf(parsed, Number(length));
}

/** Like {@link parseCidr}, but a bare address is a range of one. */
export function parseBlock(text: string): AddressRange | undefined {
  if (text.includes('/')) return parseCidr(text);
  const parsed = parseAddress(text);
  return parsed === undefined ? undefined : rangeOf(parsed, parsed.bits);
}

/** The ranges sorted and merged. */
export function addressSet(ranges: readonly AddressRange[]): AddressSet {
  const merged: AddressRange[] = [];
  for (const next of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const tail = merged.at(-1);
    if (tail === undefined || next.first > tail.last + 1n) merged.push(next);
    else if (next.last > tail.last) merged[merged.length - 1] = { first: tail.first, last: next.last };
  }
  return merged;
}

export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  let rest: readonly AddressRange[] = a;
  for (const cut of b) {
    rest = rest.flatMap((range): readonly AddressRange[] => {
      if (cut.last < range.first || range.last < cut.first) return [range];
      const left = range.first < cut.first ? [{ first: range.first, last: cut.first - 1n }] : [];
      return cut.last < range.last ? [...left, { first: cut.last + 1n, last: range.last }] : left;
    });
  }
  return rest;
}

/** Whether the sets share an address. */
export function overlaps(a: AddressSet, b: AddressSet): boolean {
  return a.some((range) => b.some((other) => range.first <= other.last && other.first <= range.last));
}

/** Whether every address of `b` is in `a`. */
export function covers(a: AddressSet, b: AddressSet): boolean {
  return subtractAddresses(b, a).length === 0;
}

/** An address as people write it (IPv6 without compression of zeros). */
export function formatAddress(value: bigint): string {
  if (value < IPV6_BASE) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const bits = value - IPV6_BASE;
  return [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((bits >> shift) & 0xffffn).toString(16)).join(':');
}

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

function rangeOf(address: Address, length: number): AddressRange {
  const host = BigInt(address.bits - length);
  const first = ((address.value >> host) << host) + (address.bits === 32 ? 0n : IPV6_BASE);
  return { first, last: first + (1n << host) - 1n };
}

function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  // A leading zero is refused: some readers take it for octal.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return { value: parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n), bits: 32 };
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return undefined;
  const zeros = new Array<string>(8 - groups.length).fill('0');
  const value = [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
  return value >> 32n === 0xffffn ? undefined : { value, bits: 128 };
}
