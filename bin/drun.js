#!/usr/bin/env node

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'lib', 'cli', 'main.js');
if (existsSync(main)) {
  // Node 22.1 and later keep compiled code on disk, which halves the start of the larger commands.
  require('node:module').enableCompileCache?.();
  require(main).start();
} else {
  console.error('drun is not built yet: run `npm run build` in the folder of drun-platform');
  process.exitCode = 2;
}
