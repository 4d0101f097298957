#!/usr/bin/env node
// Stands in for `go` in unit tests: says its version, and "builds" programs that say theirs. What it does is told by variables.
const { appendFileSync, chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

const [command, ...args] = process.argv.slice(2);
const { STAND_IN_GO = '{}', STAND_IN_LOG } = process.env;
const { version = 'go1.26.8', fails, slow = 0, says } = JSON.parse(STAND_IN_GO);

if (command === 'env') {
  process.stdout.write(`${version}\n`);
} else if (command === 'build') {
  appendFileSync(STAND_IN_LOG, `${basename(process.cwd())}\n`);
  const out = args[args.indexOf('-o') + 1];
  const flags = args.find((arg) => arg.startsWith('-ldflags=')) ?? '';
  const overlay = args.find((arg) => arg.startsWith('-overlay='))?.slice('-overlay='.length);
  if (overlay !== undefined) copyFileSync(overlay, `${STAND_IN_LOG}.overlay`);
  const packages = args.slice(args.indexOf('-o') + 2);
  setTimeout(() => {
    if (fails !== undefined) {
      process.stderr.write(`${fails}\n`);
      process.exit(1);
    }
    for (const name of packages) {
      process.stderr.write(`${name}\n`);
      const file = out.endsWith('/') ? join(out, basename(name)) : out;
      writeFileSync(file, `#!/bin/sh\necho "tool version ${says ?? /main\.version=(\S+)/.exec(flags)?.[1]}"\n`);
      chmodSync(file, 0o755);
    }
  }, slow);
} else if (command === 'mod') {
  process.stdout.write(readFileSync(join(process.cwd(), 'download.json'), 'utf8'));
  process.exit(statSync(join(process.cwd(), 'refused'), { throwIfNoEntry: false }) === undefined ? 0 : 1);
}
