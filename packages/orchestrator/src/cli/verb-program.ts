/**
 * The shell verbs of the command line, with their flags and help. The same fleet is found again by its name, call after
 * call. As with every command, the work is loaded when it is called for.
 */
import { FIELD_FLAGS } from '@fleetfall/experiment/flags.ts';
import { assumptionFields } from '@fleetfall/experiment/fleet-schema.ts';
import { overridesOfFlags } from '@fleetfall/experiment/overrides.ts';
import { SettingsError } from '@fleetfall/experiment/settings-error.ts';
import { DRILL_CAUSES } from '@fleetfall/protocol/drill.ts';
import type { Command } from 'commander';
import { DEFAULT_NAME } from '../keeper/fleet-folder.ts';
import type { VerbRequest } from '../keeper/messages.ts';
import type { CommandContext } from './command-context.ts';
import { builtInExperiments, type ExperimentOptions } from './experiment-file.ts';
import type { HoldOptions } from './hold-command.ts';
import type { VerbOptions } from './verb-command.ts';

const UP_EXAMPLES = `
Examples:
  fleetfall up --front-ends 4 --pids-max 16                 four front-ends under load, each with 16 tasks at most
  fleetfall up kinesis-2020 --size small --name trial       the fleet of an experiment, without what it would do to it
  fleetfall grow 2 && fleetfall settle ageing && fleetfall status
  fleetfall kill be-1 --json | jq -r .outcomes[0].outcome
  fleetfall down

A fleet is held by a keeper, a process of its own, until 'fleetfall down', or for as long as --for says.`;

/** Flags that are of what an experiment shows, not of its fleet. */
const NOT_OF_A_FLEET: ReadonlySet<string> = new Set(['arms.main.expect', 'trials', 'until']);

/** Flags of what a fleet that runs can be given anew. */
const DEPLOYED: ReadonlySet<string> = new Set(Object.keys(assumptionFields).map((field) => `fleet.${field}`));

const SELECTED = 'ids of members, such as fe-01 be-1';

interface WhichOptions extends VerbOptions {
  readonly cohort?: string;
  readonly count?: string;
}

export function addVerbs(program: Command, context: CommandContext, done: (exitCode: number) => void): void {
  const ask = async (request: VerbRequest, options: VerbOptions): Promise<void> => {
    const { verbCommand } = await import('./verb-command.ts');
    done(await verbCommand(request, options, context));
  };
  /** A verb with the flags that all have, and its examples. */
  const verb = (usage: string, description: string, ...examples: readonly string[]): Command =>
    program
      .command(usage)
      .description(description)
      .option('--name <name>', `the fleet's name (default: ${DEFAULT_NAME})`)
      .option('--json', 'one JSON object on stdout')
      .addHelpText('after', `\nExamples:\n${examples.map((each) => `  fleetfall ${each}`).join('\n')}`);
  const withCohort = (command: Command): Command =>
    command
      .option(
        '--cohort <cohort>',
        'incumbent or newcomer: those that were there from the start, or came later',
      )
      .option('--count <count>', 'at most so many, the newest first');

  const up = program
    .command('up')
    .description('start a fleet under load and hold it for the verbs')
    .argument(
      '[experiment]',
      `whose fleet: ${builtInExperiments().join(', ')}, or a .yaml file; else by flags alone`,
    )
    .option('--name <name>', `the fleet's name (default: ${DEFAULT_NAME})`)
    .option('--for <duration>', 'take it down after so long, from 10s to 24h (default: 1h)')
    .option('--size <size>', "a size of the experiment's, such as small")
    .option(
      '--set <path=value>',
      'set any field; again for each',
      (value: string, before?: readonly string[]) => [...(before ?? []), value],
    );
  for (const { usage, help, path } of FIELD_FLAGS) if (!NOT_OF_A_FLEET.has(path)) up.option(usage, help);
  up.option('--store <folder>', 'where runs are kept', 'store')
    .option('--json', 'one JSON object on stdout, progress on stderr')
    .addHelpText('after', UP_EXAMPLES)
    .action(async (experiment: string | undefined, options: ExperimentOptions & HoldOptions) => {
      const { upCommand } = await import('./hold-command.ts');
      done(await upCommand(experiment, options, context));
    });

  verb(
    'status',
    'how a fleet stands: its members, their tasks, its load, its faults',
    'status',
    'status --json',
  ).action((options: VerbOptions) => ask({ verb: 'status' }, options));

  verb('grow', 'start newcomers', 'grow 2', 'grow 1 --until thread-refused --or-to 20 --settle spread')
    .argument('<count>', 'how many come at once')
    .option('--until <event>', 'thread-refused: again and again, until the kernel refuses a thread')
    .option('--or-to <size>', 'where growth ends when no thread is refused before')
    .option('--settle <what>', 'wait after each growth: linked, spread, ageing or consequences')
    .action(
      (
        count: string,
        { until, orTo, settle, ...options }: VerbOptions & { until?: string; orTo?: string; settle?: string },
      ) => {
        const by = wholeNumber('count', count);
        return ask({ verb: 'grow', grow: { by, until, settle, orTo: maybeWhole('--or-to', orTo) } }, options);
      },
    );

  withCohort(verb('shrink', 'remove front-ends', 'shrink 2', 'shrink --cohort newcomer', 'shrink fe-03'))
    .argument('[which...]', 'how many of the newest, or ids of front-ends')
    .action((which: readonly string[], options: WhichOptions) => {
      const [only] = which;
      const count = which.length === 1 && /^\d+$/.test(only ?? '') ? Number(only) : undefined;
      return ask({ verb: 'shrink', which: count ?? whichOf(which, options) ?? {} }, options);
    });

  withCohort(
    verb(
      'restart',
      'stop members and start each again',
      'restart',
      'restart fe-01',
      'restart --cohort incumbent',
    ),
  )
    .argument('[members...]', `${SELECTED} (default: every front-end)`)
    .action((members: readonly string[], options: WhichOptions) =>
      ask({ verb: 'restart', which: whichOf(members, options) }, options),
    );

  const deploy = verb(
    'deploy',
    'restart front-ends on a changed configuration; those to come start with it',
    'deploy --aged-map serve',
    'deploy --on-build-failure retry --batch 2',
  ).option('--batch <count>', 'how many are restarted at once (default: all)');
  for (const { usage, help, path } of FIELD_FLAGS) if (DEPLOYED.has(path)) deploy.option(usage, help);
  deploy.action(({ batch, name, json, ...flags }: VerbOptions & { batch?: string }) => {
    const changes = overridesOfFlags(flags).map(({ path, value }) => [path.at(-1), value] as const);
    const fields = { ...Object.fromEntries(changes), batch: maybeWhole('--batch', batch) };
    return ask({ verb: 'deploy', fields }, { name, json });
  });

  withCohort(verb('set-limit', "set front-ends' pids.max", 'set-limit 40', 'set-limit 20 fe-01'))
    .argument('<pidsMax>', 'tasks that each may have')
    .argument('[members...]', `${SELECTED} (default: every front-end, those to come too)`)
    .action((pidsMax: string, members: readonly string[], options: WhichOptions) =>
      ask(
        {
          verb: 'set-limit',
          pidsMax: wholeNumber('pidsMax', pidsMax),
          which: whichOf(members, options),
        },
        options,
      ),
    );

  for (const [name, description] of [
    ['kill', 'kill members with SIGKILL; heal or restart starts them again on what they had on disk'],
    ['pause', 'stop every thread of members; connections stay open, and nobody answers'],
  ] as const) {
    withCohort(verb(name, description, `${name} be-1`, `${name} --cohort newcomer --count 1`))
      .argument('[members...]', SELECTED)
      .action((members: readonly string[], options: WhichOptions) => {
        const which = whichOf(members, options);
        if (which === undefined) throw new SettingsError(`${name}: must say which members: ids, or --cohort`);
        return ask({ verb: name, which }, options);
      });
  }

  verb(
    'partition',
    'let nothing pass between a member and others, in either direction',
    'partition fe-01 be-1',
    'partition be-1',
  )
    .argument('<member>', 'its id')
    .argument('[others...]', 'ids of the others (default: every other member but the observer)')
    .action((member: string, others: readonly string[], options: VerbOptions) =>
      ask({ verb: 'partition', which: member, from: named(others) }, options),
    );

  verb('slow', 'let what passes between a member and others take longer', 'slow fe-01 be-1 --delay 200ms')
    .argument('<member>', 'its id')
    .argument('[others...]', 'ids of the others (default: every other member but the observer)')
    .option('--delay <duration>', 'added to each round trip')
    .option('--loss <percent>', 'the chance of each packet to be lost, from 1 to 99')
    .action(
      (
        member: string,
        others: readonly string[],
        { delay, loss, ...options }: VerbOptions & { delay?: string; loss?: string },
      ) => {
        const how = { delay, lossPercent: maybeWhole('--loss', loss), from: named(others) };
        return ask({ verb: 'slow', which: member, how }, options);
      },
    );

  verb('unpause', 'let a paused member go on', 'unpause fe-01')
    .argument('<member>', 'its id')
    .action((member: string, options: VerbOptions) => ask({ verb: 'unpause', member }, options));

  verb('heal', 'lift a fault, or all that are in force', 'heal', 'heal pause-1')
    .argument('[fault]', 'its id, as status tells it', 'all')
    .action((fault: string, options: VerbOptions) => ask({ verb: 'heal', fault }, options));

  verb('settle', 'wait until a change has shown', 'settle linked', 'settle ageing')
    .argument('<what>', 'linked, spread, ageing or consequences')
    .action((until: string, options: VerbOptions) => ask({ verb: 'settle', until }, options));

  verb(
    'reveal',
    'guess why the fleet of a blind drill fails, or give up and be told',
    'reveal --guess memory',
    'reveal',
  )
    .option('--guess <cause>', `${DRILL_CAUSES.join(', ')}; the seal stays when it is wrong`)
    .action(async ({ guess, ...options }: VerbOptions & { guess?: string }) => {
      const { revealCommand } = await import('./drill-command.ts');
      done(await revealCommand(guess, options, context));
    });

  verb('down', 'take a fleet down, with its keeper', 'down', 'down --name trial').action(
    async (options: VerbOptions) => {
      const { downCommand } = await import('./verb-command.ts');
      done(await downCommand(options, context));
    },
  );
}

/** Members by id, or by cohort and count; undefined when nothing was said. */
function whichOf(ids: readonly string[], { cohort, count }: WhichOptions): unknown {
  const described = cohort !== undefined || count !== undefined;
  if (ids.length > 0 && described) {
    throw new SettingsError(
      `members '${ids.join(' ')}': must be named, or described by --cohort and --count, not both`,
    );
  }
  if (ids.length > 0) return ids;
  return described ? { cohort, count: maybeWhole('--count', count) } : undefined;
}

const named = (ids: readonly string[]): readonly string[] | undefined => (ids.length === 0 ? undefined : ids);

function wholeNumber(place: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new SettingsError(`${place} '${text}': must be a whole number`);
}

const maybeWhole = (place: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : wholeNumber(place, text);
