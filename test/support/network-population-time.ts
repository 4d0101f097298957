import { proveReachability } from '../../analysis/network';
import { FACTS, population } from './network-population';

// Run by hand: node lib/test/support/network-population-time.js [tenants]
const count = Number(process.argv[2] ?? 200);
const { objects, declared } = population(count);
const before = process.cpuUsage();
const report = proveReachability({ objects, facts: FACTS, declared });
const { user, system } = process.cpuUsage(before);
console.log(
  `${count} tenants, ${objects.length} objects, ${report.pairs} ordered pairs, ${report.paths.length} paths, ` +
    `${report.violations.length} violations: ${((user + system) / 1e6).toFixed(1)} s of CPU, ` +
    `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
);
