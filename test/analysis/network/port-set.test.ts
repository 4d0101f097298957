import * as fc from 'fast-check';
import {
  formatPorts,
  hasPort,
  intersectPorts,
  type PortInterval,
  type PortSet,
  portSet,
  subtractPorts,
  unionPorts,
} from '../../../analysis/network/port-set';

const intervals = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 0, max: 6 }))
    .map(([at, size]): PortInterval => [at, at + size]),
  { maxLength: 6 },
);
const DOMAIN = Array.from({ length: 32 }, (_, index) => index + 1);
const members = (set: PortSet) => DOMAIN.filter((port) => hasPort(set, port));

test('[NET-4] union, intersection and difference of port sets agree with sets of single ports', () => {
  fc.assert(
    fc.property(intervals, intervals, (x, y) => {
      const [a, b] = [portSet(x), portSet(y)];
      expect(members(unionPorts(a, b))).toEqual(DOMAIN.filter((p) => hasPort(a, p) || hasPort(b, p)));
      expect(members(intersectPorts(a, b))).toEqual(DOMAIN.filter((p) => hasPort(a, p) && hasPort(b, p)));
      expect(members(subtractPorts(a, b))).toEqual(DOMAIN.filter((p) => hasPort(a, p) && !hasPort(b, p)));
    }),
    { numRuns: 5000 },
  );
});

test('[NET-4] equal port sets have equal intervals, however they were made', () => {
  fc.assert(
    fc.property(intervals, intervals, (x, y) => {
      const [a, b] = [portSet(x), portSet(y)];
      expect(unionPorts(a, b)).toEqual(portSet([...y, ...x]));
      expect(unionPorts(subtractPorts(a, b), intersectPorts(a, b))).toEqual(a);
    }),
    { numRuns: 2000 },
  );
});

test('[NET-4] ports outside 1-65535 do not exist, and all ports are said in words', () => {
  expect(portSet([[-5, 70_000]])).toEqual([[1, 65_535]]);
  expect(formatPorts(portSet([[-5, 70_000]]))).toBe('all ports');
  expect(
    formatPorts(
      portSet([
        [443, 443],
        [8000, 8001],
      ]),
    ),
  ).toBe('443,8000-8001');
  expect(formatPorts([])).toBe('no port');
});
