#!/usr/bin/env node
/**
 * The launcher: plain JavaScript that any Node can read. In a clone it starts the sources, in a published package
 * what was made of them. It finds the Node that the project pins and hands over to it; when it already runs on one
 * new enough, it goes on in this process.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGKILL: 9 };
const SOURCE = new URL('../src/main.ts', import.meta.url);
const COMPILED = new URL('../../../node_modules/.cache/fleetfall', import.meta.url);
const PROGRAM = existsSync(SOURCE)
  ? { entry: SOURCE, node: '@fleetfall/orchestrator/kit/pinned-node.mjs' }
  : { entry: new URL('../dist/main.js', import.meta.url), node: '../dist/orchestrator/kit/pinned-node.js' };

const { NODE_MAJOR, nodeRemedy, pinnedNode } = await import(PROGRAM.node);
const entry = fileURLToPath(PROGRAM.entry);
const pinned = pinnedNode();
if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
  process.argv[1] = entry;
  // A clone's sources are made JavaScript once, not at every start; where it cannot be kept, at every start.
  if (existsSync(SOURCE)) nodeModule.enableCompileCache?.(fileURLToPath(COMPILED));
  await import(PROGRAM.entry);
} else if (pinned === undefined) {
  process.stderr.write(
    `fleetfall needs Node ${NODE_MAJOR}, and this is ${process.version}: ${nodeRemedy()}\n`,
  );
  process.exitCode = 70;
} else {
  // By this file again: what it does for its Node, it does there.
  const child = spawn(pinned.binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // The channel carries no message: its end tells the child that this process was killed.
  // A terminal sends its signals to both; one sent to this process alone is passed on. Both wait for the child.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!process.stdin.isTTY || signal === 'SIGTERM') child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(
      `fleetfall could not start ${pinned.binary}: ${error.message}; on Node ${NODE_MAJOR} it needs none\n`,
    );
    process.exitCode = 70;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal] ?? 0);
  });
}
