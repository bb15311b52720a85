/** The flags and the help of `fleetfall load`. */
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { LoadOptions } from './load-flags.ts';

const EXAMPLES = `
Examples:
  fleetfall load --url http://127.0.0.1:8080/ --rate 500/s --for 20s
  fleetfall load --url http://127.0.0.1:8080/ --rate 500/s --for 20s --json > load.json
  fleetfall load --url http://127.0.0.1:8080/ --rate 100/s..2000/s --for 60s        a ramp
  fleetfall load --url http://127.0.0.1:8080/ --rate 100/s,200/s,400/s --for 60s    steps of 20 s
  fleetfall load --url http://127.0.0.1:8080/ --rate 200/s --spike 2000/s@10s+2s --for 30s
  fleetfall load --url http://127.0.0.1:8080/ --rate 500/s --arrivals poisson --for 60s
  fleetfall load --url http://127.0.0.1:8080/ --replay monday.csv                   lines of SECONDS RATE
  fleetfall load --url http://127.0.0.1:8080/ --rate 500/s --for 60s \\
    --threshold 'p99 < 50ms' --threshold 'goodput > 99% for 5s delay 10s'
  fleetfall load --url http://127.0.0.1:4567 --stream orders --rate 1000/s --keys hot:50% --reads 20%
  AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b \\
    fleetfall load --url http://127.0.0.1:4567 --stream orders --rate 200/s --client sdk --history orders.history

With credentials in the environment Kinesis calls are signed. The SDK speaks HTTP/1.1 here.

The schedule is open: a slow answer delays no other request, and latency counts from when a request was due. With
--json stdout is one object: offered, sent, dropped, outcomes, latencyMs, serviceMs, latenessMs, verdict, reason; also
loopDelayMs, invalidSeconds, byOperation (each operation and outcome apart), attempts (made, retries, amplification, failed)
inFlight (when the load was cut short) and redirected. Ctrl-C and --stop-on-failure tell what there was, a second later.

A request counts as sent when it is written to a socket: what it waited before for a free connection of this
client is lateness, and what never got one in time is dropped. A server that takes no connection is a connect-timeout,
one whose certificate is not trusted a tls-error (NODE_EXTRA_CA_CERTS names a file of further ones that are). An answer
below 400 is ok; redirects are among them, and are not followed.

To a latency threshold a request that nobody answered, or that hangs for longer than the bound, took longer than any; one
that was answered by an error is goodput's matter. The load is invalid too when its schedule was not kept in more than 1 % of the seconds (and 3 s) or for 3 s
on end: over an hour no percentile shows that.
As root it raises its own priority (nice -10): beside busy processes it waits less for a processor, and says invalid where
it still waits for too long.

Exit codes: 0 the schedule was kept and every threshold held, 1 a threshold did not, 2 the generator did not keep its
schedule (verdict invalid) or no request ended well (unknown), 3 stopped by --stop-on-failure, 64 bad arguments, 70 the
generator broke, 130 or 143 ended by a signal.`;

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function addLoadCommand(
  program: Command,
  context: CommandContext,
  done: (exitCode: number) => void,
): void {
  program
    .command('load')
    .description('offer an open load to any HTTP address, and say whether the load itself was true')
    .requiredOption('--url <url>', 'where to send; several in turn when given again', collect, [])
    .option('--rate <rate>', '500/s, a ramp 100/s..2000/s, or steps 100/s,200/s,400/s')
    .option('--for <duration>', 'how long (default: 10s)')
    .option('--spike <spike>', 'another rate for a while: RATE@BEGIN+LENGTH, such as 2000/s@10s+2s')
    .option('--replay <file>', 'a recorded rate file, in place of --rate and --for')
    .option('--arrivals <how>', 'even or poisson (many users who know nothing of one another)', 'even')
    .option('--seed <text>', 'seed of every random choice', 'fleetfall')
    .option('--method <method>', 'HTTP method (default: GET, or POST with a body)')
    .option('--header <field>', "'name: value'; several when given again", collect, [])
    .option('--body <text>', 'body of each request, as it stands: @ names no file')
    .option('--stream <name>', 'a Kinesis stream at --url: calls of a Kinesis client are sent')
    .option('--client <client>', 'raw (one attempt a call) or sdk (the AWS SDK with its own retries)', 'raw')
    .option('--attempts <count>', 'of the SDK: attempts of one call', '3')
    .option('--region <region>', 'region that requests are signed for', 'us-east-1')
    .option('--record-bytes <count>', 'bytes of each record', '1024')
    .option('--batch <count>', 'records in a put; above 1 it is PutRecords', '1')
    .option('--keys <how>', 'partition keys: uniform, zipf:EXPONENT or hot:SHARE', 'uniform')
    .option('--reads <share>', 'calls that read, among those that put', '0%')
    .option(
      '--history <file>',
      'keep what became of every write, for a checker: readHistory of the package reads it',
    )
    .option('--timeout <duration>', 'longest wait for an answer', '5s')
    .option('--in-flight-max <count>', 'requests under way at once; what is due beyond is dropped', '10000')
    .option(
      '--connections <count>',
      'connections to each address; requests that wait for one are late (default: no bound)',
    )
    .option('--generators <count>', 'generator threads (default: one for each 20,000/s)')
    .option(
      '--threshold <text>',
      "what has to hold, such as 'p99 < 50ms'; several when given again",
      collect,
      [],
    )
    .option('--stop-on-failure', 'end the load when a threshold has failed')
    .option('--i-own-this-target', 'the target is not on this machine, and mine to load')
    .option('--json', 'one JSON object on stdout, a line a second on stderr')
    .addHelpText('after', EXAMPLES)
    .action(async (options: LoadOptions) => {
      const { loadCommand } = await import('./load-command.ts');
      done(await loadCommand(options, context));
    });
}
