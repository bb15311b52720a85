/**
 * Every command that the documentation and the help show is one that the command line takes: its verb, its arguments and
 * each of its flags. Parsed by the program itself, with nothing done.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '@fleetfall/orchestrator/cli/command-context.ts';
import { addCommands } from '@fleetfall/orchestrator/cli/commands.ts';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const TEXTS = [
  'README.md',
  'ARCHITECTURE.md',
  'docs/GAMEDAY.md',
  'packages/fleetfall/README.md',
  'bench/README.md',
];
const NOTHING = { signal: new AbortController().signal } as unknown as CommandContext;

/** The command line, whose commands are parsed and not done. */
function parsingProgram(): Command {
  const program = new Command('fleetfall').option('--version');
  addCommands(program, NOTHING, () => undefined);
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
  }
  return program;
}

function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

/** What the program says against a command; null when it takes it. */
async function refusalOf(args: readonly string[]): Promise<string | null> {
  try {
    await parsingProgram().parseAsync(args, { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? null : error.message;
    throw error;
  }
}

/** The arguments of every fleetfall command in lines of a shell, without comments, pipes and redirections. */
function commandsIn(shell: string): string[][] {
  return shell
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.split(/&&|\|/))
    .flatMap((part) => {
      const [, typed] = /(?:^|\s)fleetfall (.*)$/.exec(part.trim()) ?? [];
      if (typed === undefined) return [];
      // Behind two spaces, or a hash, stands what it is for.
      const [command] = typed.split(/ {2,}|\s#\s|\s2?>\s/) as [string];
      return [
        [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => (quoted ?? plain) as string),
      ];
    });
}

/** Commands in blocks of a shell, and those in the running text that say more than a verb. */
function commandsOfText(text: string): string[][] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    commandsIn(block as string),
  );
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`((?:npx )?fleetfall [^`]+)`/g)]
    .flatMap(([, command]) => commandsIn(command as string))
    .filter((args) => args.length > 1);
  return [...blocks, ...inline];
}

/** What `--help` prints behind a command's flags. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help.replace(/^Usage:.*$/m, '');
}

describe('commands as they are shown', () => {
  it.each(TEXTS)('in %s are taken', async (path) => {
    for (const args of commandsOfText(readFileSync(join(ROOT, path), 'utf8'))) {
      expect([args, await refusalOf(args)]).toEqual([args, null]);
    }
  });

  it('in the README are many', () => {
    expect(commandsOfText(readFileSync(join(ROOT, 'README.md'), 'utf8')).length).toBeGreaterThan(20);
  });

  const helped = allOf(parsingProgram())
    .filter((command) => command.commands.length === 0)
    .map((command) => [command.name(), commandsIn(helpOf(command))] as const)
    .filter(([, shown]) => shown.length > 0);

  it('are in the help of most verbs', () => {
    expect(helped.length).toBeGreaterThan(15);
  });

  it.each(helped)('in the help of %s are taken', async (_, shown) => {
    for (const args of shown) expect([args, await refusalOf(args)]).toEqual([args, null]);
  });

  it('are refused when a flag or a verb is none', async () => {
    expect(await refusalOf(['run', 'kinesis-2020', '--pid-max', '3'])).toMatch(/unknown option '--pid-max'/);
    expect(await refusalOf(['fly'])).toMatch(/unknown command 'fly'/);
    expect(await refusalOf(['judge'])).toMatch(/missing required argument/);
  });
});
