/**
 * The commands with their flags and help. The work is in a file for each, loaded when it is called for: help must not
 * wait for an engine's client.
 */
import { FIELD_FLAGS } from '@fleetfall/experiment/flags.ts';
import { DRILL_CAUSES } from '@fleetfall/protocol/drill.ts';
import { RUNTIME_NAMES, type RuntimeName } from '@fleetfall/protocol/runtimes.ts';
import { type Command, Option } from 'commander';
import { BUILD_REPORT_FLAGS, type BuildReportOptions } from './build-report-flags.ts';
import type { CommandContext } from './command-context.ts';
import { builtInExperiments } from './experiment-file.ts';
import { addLoadCommand } from './load/load-program.ts';
import type { ReportOptions } from './report-command.ts';
import type { RunOptions } from './run-command.ts';
import { addVerbs } from './verb-program.ts';
import type { WatchOptions } from './watch-command.ts';

const EXPERIMENT_HELP = `one of: ${builtInExperiments().join(', ')}; or the path of a .yaml file`;

const RUN_EXAMPLES = `
Examples:
  fleetfall run kinesis-2020                                the outage, in one to three minutes
  fleetfall run kinesis-2020 --size small                   the same in 20 s and 1 GB
  fleetfall run kinesis-2020 --json > verdict.json          one JSON object on stdout, progress on stderr
  fleetfall run kinesis-2020 --threads-per-peer 2           two threads for each peer: it breaks sooner
  fleetfall run kinesis-2020 --on-build-failure retry       removal alone heals, without a restart
  fleetfall run kinesis-2020 --peer-links event-loop --expect healthy
                                                            links without threads: nothing breaks
  fleetfall run kinesis-2020 --trials 5                     five trials, claims with their intervals
  fleetfall run kinesis-2020 --until outage --keep          leave it failing under load: fleetfall status, fleetfall down
  fleetfall run kinesis-2020 --size small --blind           leave it failing, and find out why: fleetfall reveal --guess memory
  fleetfall run kinesis-2020 --junit junit.xml --summary summary.md
                                                            for a build server: tests and a Markdown page
  fleetfall run mine.yaml --set fleet.pidsMax=40            an experiment of your own, with a field changed

Exit codes: 0 as expected, 1 not as expected, 2 inconclusive, 3 stopped by a condition, 4 something was left behind, 64 bad arguments,
70 the harness broke, 130 or 143 ended by a signal. The journal of every run is kept below --store.`;

const PLAN_EXAMPLES = `
Examples:
  fleetfall plan kinesis-2020                               members, threads by size, cost, headroom
  fleetfall plan kinesis-2020 --pids-max 20 --json | jq .cost

Starts nothing. Exit codes: 0 it fits, 1 it cannot, 64 bad arguments, 70 no runtime is there.`;

const DOCTOR_EXAMPLES = `
Examples:
  fleetfall doctor                                          every check, with a remedy for what is not well
  fleetfall doctor --runtime docker --json | jq '.checks[] | select(.standing != "ok")'

The throw-away fleet reads its pids.max back and waits for the kernel to refuse a thread; it is gone afterwards,
after Ctrl-C too. Exit codes: 0 runs can be had, 1 a check failed.`;

const COMPARE_EXAMPLES = `
Examples:
  fleetfall compare store/last-night store/kinesis-2020/latest
  fleetfall compare trials-before/ trials-after/ --json     every journal below each folder is a trial

With fewer than five trials a side only outcomes are judged, in one run of them too (runs as expected, sizes, a fleet
that is no longer healthy, a recovery that does not come); whether another figure changed is not decided.
Exit codes: 0 nothing got worse beyond its interval, 1 something did, 2 no baseline: machine, version or
configuration differ, and it says in what and which figures can still be read.`;

const WATCH_EXAMPLES = `
Examples:
  fleetfall watch                                           the newest run, also while it goes on
  fleetfall watch store/kinesis-2020/latest --port 7480

It reads the journal: the run waits for no page. A fleet that is held (up, run --keep) can be grown, shrunk, limited and
restarted from the page. The address that it prints carries a token: whoever has it, on this machine, can do so.
Exit codes: 130 or 143 ended by a signal, 64 bad arguments, 70 the journal can no longer be read.`;
/** Adds every command. @param done hears the exit code that one came to. */
export function addCommands(
  program: Command,
  context: CommandContext,
  done: (exitCode: number) => void,
): void {
  const run = program
    .command('run')
    .description('run an experiment and judge it')
    .argument('<experiment>', EXPERIMENT_HELP)
    .option('--size <size>', "standard (12 front-ends, 4 GB) or another of the experiment's, small (3, 1 GB)")
    .option('--set <path=value>', 'set any field of the experiment; again for each', collected);
  for (const { usage, help } of FIELD_FLAGS) run.option(usage, help);
  run
    .option('--controls', "run the experiment's other arms too (the default, but for --size small)")
    .option('--no-controls', "leave the experiment's other arms out")
    .option('--keep', 'leave the fleet as it is then, under load, for status, grow, kill, … and down')
    .option(
      '--blind [causes]',
      `a drill: the fleet fails for a cause drawn under seal (${DRILL_CAUSES.join(', ')}, or of those named, as far as this host has the means), and is kept; then: reveal`,
    )
    .option('--name <name>', "the kept fleet's name (default: default)")
    .option('--for <duration>', 'a kept fleet is taken down after so long (default: 1h)')
    .option('--store <folder>', 'where runs are kept', 'store')
    .option('--json', 'one JSON object on stdout, progress on stderr');
  withBuildReports(run)
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (experiment: string, options: RunOptions) => {
      const { runCommand } = await import('./run-command.ts');
      done(await runCommand(experiment, options, context));
    });

  const resume = program
    .command('resume')
    .description('run the trials of a run that are still to be run')
    .argument('<folder>', 'the folder of the run, below its store')
    .option('--json', 'one JSON object on stdout, progress on stderr');
  withBuildReports(resume)
    .addHelpText('after', '\nExample:\n  fleetfall resume store/kinesis-2020/latest')
    .action(async (folder: string, options: JsonOption & BuildReportOptions) => {
      const { resumeCommand } = await import('./run-command.ts');
      done(await resumeCommand(folder, options, context));
    });

  const plan = program
    .command('plan')
    .description('what a run would start, where it would break, what it costs and whether this host has it')
    .argument('<experiment>', EXPERIMENT_HELP);
  // What can be run can be planned, by the same flags.
  for (const option of run.options.filter(({ long }) => !OF_RUNS_ALONE.has(long ?? '')))
    plan.addOption(option);
  plan.addHelpText('after', PLAN_EXAMPLES);
  plan.action(async (experiment: string, options: RunOptions) => {
    const { planCommand } = await import('./plan-command.ts');
    done(await planCommand(experiment, options, context));
  });

  const judge = program
    .command('judge')
    .description('give the verdict of a journal again, without a fleet')
    .argument('<journal>', "a journal.ndjson, or a run's folder: of several trials, all of them")
    .option('--json', 'one JSON object on stdout');
  withBuildReports(judge)
    .addHelpText(
      'after',
      '\nExamples:\n  fleetfall judge store/kinesis-2020/latest\n  fleetfall judge journal.ndjson --junit junit.xml --summary summary.md',
    )
    .action(async (path: string, options: JsonOption & BuildReportOptions) => {
      const { judgeCommand } = await import('./judge-command.ts');
      done(judgeCommand(path, options, context));
    });

  program
    .command('doctor')
    .description(
      'look this host over: runtimes, limits, memory, leftovers; starts a throw-away fleet on each runtime',
    )
    .addOption(
      new Option('--runtime <name>', 'which to look at; auto: docker and cgroup, content with one').choices([
        'auto',
        ...RUNTIME_NAMES,
      ]),
    )
    .option('--json', 'one JSON object on stdout, progress on stderr')
    .addHelpText('after', DOCTOR_EXAMPLES)
    .action(async (options: { runtime?: 'auto' | RuntimeName; json?: boolean }) => {
      const { doctorCommand } = await import('./doctor-command.ts');
      done(await doctorCommand(options, context));
    });

  program
    .command('compare')
    .description('two runs side by side, with intervals: did anything get worse?')
    .argument('<before>', "a journal.ndjson, a run's folder, or a folder of trials")
    .argument('<after>', 'the same of what is held against it')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(async (before: string, after: string, options: { json?: boolean }) => {
      const { compareCommand } = await import('./compare-command.ts');
      done(compareCommand({ before, after }, options.json === true, context));
    });

  const report = program
    .command('report')
    .description('make the page of a journal: one file that opens from a disk')
    .argument('<journal>', "a journal.ndjson, or a run's folder: of several trials, each")
    .option('--out <file>', 'where the page goes (report.html beside the journal)')
    .option('--json', 'one JSON object on stdout');
  withBuildReports(report)
    .addHelpText(
      'after',
      '\nExamples:\n  fleetfall report store/kinesis-2020/latest\n  fleetfall report journal.ndjson --out /tmp/fall.html',
    )
    .action(async (path: string, options: ReportOptions) => {
      const { reportCommand } = await import('./report-command.ts');
      done(await reportCommand(path, options, context));
    });

  addLoadCommand(program, context, done);

  program
    .command('watch')
    .description('the page of a run as it happens, in a browser of this machine; Ctrl-C ends it')
    .argument('[journal]', "a journal.ndjson, or a run's folder (the newest run below --store)")
    .option('--port <port>', 'where on 127.0.0.1; 0: any that is free', '0')
    .option('--store <folder>', 'where runs are kept', 'store')
    .option('--json', 'the address as one JSON object on stdout')
    .addHelpText('after', WATCH_EXAMPLES)
    .action(async (path: string | undefined, options: WatchOptions) => {
      const { watchCommand } = await import('./watch-command.ts');
      await watchCommand(path, options, context);
    });

  program
    .command('lab')
    .description('the compose lab, a fleet to be broken by hand (docker/compose.yaml)')
    .command('image')
    .description('build the image that the lab runs on, fleetfall:lab')
    .option('--json', 'one JSON object on stdout, progress on stderr')
    .addHelpText(
      'after',
      '\nExample:\n  fleetfall lab image && docker compose -f docker/compose.yaml up -d --scale frontend=10',
    )
    .action(async (options: { json?: boolean }) => {
      const { labImageCommand } = await import('./lab-command.ts');
      done(await labImageCommand(options, context));
    });

  program
    .command('prune')
    .description(
      'remove what dead runs of this host have left: containers, networks, volumes, cgroups, folders, nftables',
    )
    .addOption(new Option('--check', 'remove nothing; exit 4 when there is something to remove'))
    .option('--images', 'images of other versions and clones too, where no container uses them')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nWhat belongs to a living run, or to another host, is never touched.')
    .action(async (options: { check?: boolean; images?: boolean; json?: boolean }) => {
      const { pruneCommand } = await import('./prune-command.ts');
      done(await pruneCommand(options, context));
    });
  addVerbs(program, context, done);
}

type JsonOption = { readonly json?: boolean };

/** Flags that say where a run writes and what becomes of its fleet, which a plan has nothing to do with. */
const OF_RUNS_ALONE: ReadonlySet<string> = new Set([
  ...['--store', '--keep', '--blind', '--name', '--for'],
  ...BUILD_REPORT_FLAGS.map(({ long }) => long),
]);

function withBuildReports(command: Command): Command {
  for (const { long, help } of BUILD_REPORT_FLAGS) command.option(`${long} <file>`, help);
  return command;
}

const collected = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];
