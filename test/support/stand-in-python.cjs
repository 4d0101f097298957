#!/usr/bin/env node
// Stands in for `python3 -m pip` in unit tests: "installs" a package whose program says its version. What it does is told by variables.
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const args = process.argv.slice(2);
const { STAND_IN_PYTHON = '{}', STAND_IN_LOG } = process.env;
const { pip = true, fails, says } = JSON.parse(STAND_IN_PYTHON);

if (!pip) {
  process.stderr.write('/usr/bin/python3: No module named pip\n');
  process.exit(1);
}
if (args.includes('install')) {
  appendFileSync(STAND_IN_LOG, `${args.join(' ')}\n`);
  if (fails !== undefined) {
    process.stderr.write(`${fails}\n`);
    process.exit(1);
  }
  const pinned = /==(\S+)/.exec(readFileSync(args[args.indexOf('--requirement') + 1], 'utf8'))?.[1];
  const path = join(args[args.indexOf('--target') + 1], 'pack', '_bin', 'proxy');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "proxy version ${says ?? pinned}"\n`, { mode: 0o755 });
}
