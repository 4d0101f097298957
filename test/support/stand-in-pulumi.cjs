#!/usr/bin/env node
// Stands in for the pulumi program: answers the commands with which `drun up` and `drun resume` read a stack, from the JSON file that
// STAND_IN_PULUMI names, and writes every command line down beside it. It updates nothing, and shows only that the right
// questions are asked and that the answers, in the shapes of pulumi 3.248, are understood.
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');

const file = process.env.STAND_IN_PULUMI;
const { stacks } = JSON.parse(readFileSync(file, 'utf8'));
const words = process.argv.slice(2);
appendFileSync(`${file}.log`, `${words.join(' ')} ${process.env.PULUMI_ERROR_OUTPUT_STRING ?? ''}\n`);

const stack = stacks[words[words.indexOf('--stack') + 1]] ?? {};
const command = words.slice(0, 2).join(' ');
if (words[0] === 'version') console.log('v3.248.0');
else if (command === 'stack ls')
  console.log(JSON.stringify(Object.entries(stacks).map(([name, one]) => ({ name, current: false, ...one.summary }))));
else if (command === 'stack select' || command === 'stack init') process.exit(stack.broken ? 255 : 0);
else if (command === 'stack history') console.log(JSON.stringify(stack.history ?? []));
else if (command === 'stack output') console.log(JSON.stringify(stack.outputs ?? {}));
else if (command === 'stack export' && stack.state)
  console.log(JSON.stringify({ version: 3, deployment: stack.state }));
else if (command === 'stack import') writeFileSync(`${file}.imported`, readFileSync(0));
else if (words[0] === 'config') console.log(JSON.stringify(stack.config ?? {}));
else if (words[0] === 'up' && stack.lands) console.log('updating');
else if (words[0] === 'preview' && stack.previews) console.log('previewing');
else {
  console.error(`error: ${stack.says ?? `the stand-in does not know ${words.join(' ')}`}`);
  process.exit(255);
}
