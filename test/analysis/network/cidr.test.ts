import * as fc from 'fast-check';
import {
  type AddressSet,
  ALL_ADDRESSES,
  addressSet,
  covers,
  formatAddress,
  overlaps,
  parseBlock,
  parseCidr,
  subtractAddresses,
} from '../../../analysis/network/cidr';

const small = fc
  .tuple(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 27, max: 32 }))
  .map(([host, length]) => `10.0.0.${host}/${length}`);
const sets = fc.array(small, { maxLength: 4 });
const parse = (texts: readonly string[]) => addressSet(texts.flatMap((text) => parseCidr(text) ?? []));
const BASE = parseBlock('10.0.0.0')?.first ?? 0n;
const DOMAIN = Array.from({ length: 32 }, (_, index) => BASE + BigInt(index));
const members = (set: AddressSet) => DOMAIN.filter((at) => set.some(({ first, last }) => first <= at && at <= last));

/** Membership by comparing bits as text: another road to the same answer. */
function contains(cidr: string, at: bigint): boolean {
  const [address = '', length = ''] = cidr.split('/');
  const bits = (value: bigint) => value.toString(2).padStart(32, '0').slice(0, Number(length));
  return bits(address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)) === bits(at);
}

test('[NET-5] CIDRs contain the addresses that share their prefix', () => {
  fc.assert(
    fc.property(sets, (texts) => {
      expect(members(parse(texts))).toEqual(DOMAIN.filter((at) => texts.some((text) => contains(text, at))));
    }),
    { numRuns: 3000 },
  );
});

test('[NET-5] difference, overlap and cover of address sets agree with sets of single addresses', () => {
  fc.assert(
    fc.property(sets, sets, (x, y) => {
      const [a, b] = [parse(x), parse(y)];
      const [inA, inB] = [members(a), members(b)];
      expect(members(subtractAddresses(a, b))).toEqual(inA.filter((at) => !inB.includes(at)));
      expect(overlaps(a, b)).toBe(inA.some((at) => inB.includes(at)));
      expect(covers(a, b)).toBe(inB.every((at) => inA.includes(at)));
    }),
    { numRuns: 3000 },
  );
});

test('[NET-5] both families live on one line and never meet', () => {
  const v4 = parse(['0.0.0.0/0']);
  const v6 = parse(['::/0']);
  expect(overlaps(v4, v6)).toBe(false);
  expect(subtractAddresses(subtractAddresses(ALL_ADDRESSES, v4), v6)).toEqual([]);
  expect(covers(v6, parse(['fd00:ec2::254/128', '2001:db8::/32']))).toBe(true);
  expect(formatAddress(parseBlock('169.254.169.254')?.first ?? 0n)).toBe('169.254.169.254');
  expect(formatAddress(parseBlock('fd00:ec2::254')?.first ?? 0n)).toBe('fd00:ec2:0:0:0:0:0:254');
});

test.each([
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0/8',
  '010.0.0.0/8',
  '10.0.0.0/08',
  '10.0.0.256/32',
  '::ffff:10.0.0.0/104',
  '::ffff:a00:0/104',
  '1::2::3/64',
  '1:2:3:4:5:6:7:8:9/64',
  'g::/8',
  '10.0.0.0/8/8',
  '',
])('[NET-5] fails to read %j as a CIDR', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});
