/** An address range as its first and last address, both as numbers of their family. */
export interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads CIDR notation, IPv4 or IPv6; undefined where it is none or where host bits are set. */
export function parseCidr(text: string): Range | undefined {
  const match = /^([0-9a-fA-F:.]{2,45})\/(\d{1,3})$/.exec(text);
  const [, address = '', length = ''] = match ?? [];
  const family = address.includes(':') ? 6 : 4;
  const bits = family === 6 ? 128 : 32;
  const first = family === 6 ? parseIpv6(address) : parseIpv4(address);
  if (first === undefined || Number(length) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(length));
  return first % size === 0n ? { family, first, last: first + size - 1n } : undefined;
}

/** Whether two ranges share an address. */
export function overlaps(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const words = [...(head ?? []), ...(tail ?? [])];
  const gap = 8 - words.length;
  if (!words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word)) || (tail === undefined ? gap !== 0 : gap < 1))
    return undefined;
  const all = [...(head ?? []), ...Array.from({ length: gap }, () => '0'), ...(tail ?? [])];
  return all.reduce((sum, word) => sum * 65536n + BigInt(`0x${word}`), 0n);
}
