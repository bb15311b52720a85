/**
 * An experiment file, version 1: one schema that gives the types, the validation and, through `json-schema.ts`, what
 * editors read. How a file is read and its errors are placed is in `read-experiment.ts`; what an experiment comes to
 * is laid out in `layout.ts`.
 */
import { type Expectation, SIGNATURES } from '@fleetfall/protocol/expectation.ts';
import { RUNTIME_NAMES } from '@fleetfall/protocol/runtimes.ts';
import { z } from 'zod';
import { conditionSchema } from './condition.ts';
import { count, duration, flag, text, word } from './fields.ts';
import { fleetSchema, loadSchema } from './fleet-schema.ts';
import { phaseSchema, stepSchema } from './steps.ts';

/** How a fleet that fell must have fallen. */
const outage = z.strictObject({
  signature: word(...SIGNATURES)
    .default('thread-refused')
    .meta({
      description:
        'thread-refused: the kernel refused threads, on old and new front-ends alike; nothing-refused: it refused none; back-end-unreachable, members-died: it refused none, and requests failed for that',
    }),
  atSize: z
    .union([z.literal('predicted'), count(2, 120)], "must be 'predicted' or a whole number from 2 to 120")
    .optional()
    .meta({ description: 'front-ends at the first refused thread: as predicted by the run, or a number' }),
});

const expectation = z
  .union(
    [z.literal('healthy'), z.literal('outage'), z.strictObject({ outage })],
    "must be 'healthy', 'outage', or an outage with its signature",
  )
  .transform((written): Expectation => {
    if (written === 'healthy') return { kind: 'healthy' };
    const { signature, atSize } =
      written === 'outage' ? ({ signature: 'thread-refused', atSize: 'predicted' } as const) : written.outage;
    return { kind: 'outage', signature, atSize: atSize ?? null };
  });

const method = z.array(phaseSchema).min(1, 'must have a phase');

/** Fields that differ, by their path: `fleet.peerLinks: event-loop`. */
const differences = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()], 'must be text, a number, true or false'),
);

const armSchema = z.strictObject({
  title: text(80).optional().meta({ description: 'what differs in it, in a few words' }),
  set: differences
    .optional()
    .meta({ description: "fields that differ, by their path: 'fleet.peerLinks: event-loop'" }),
  method: method.optional().meta({ description: "the experiment's own method when it has none" }),
  expect: expectation.meta({ description: 'what it has to come to' }),
});

const STRETCHES = "must be 'measured' or a number from 1 to 20";

const shape = {
  version: z.literal(1, 'must be 1'),
  name: z
    .string('must be text')
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a name of lower-case letters, digits and dashes, at most 40'),
  title: text(120).optional(),
  source: text(300).optional().meta({ description: 'where the story comes from' }),
  runtime: word('auto', ...RUNTIME_NAMES)
    .default('auto')
    .meta({
      description: "auto: docker when an engine answers, else cgroup; compose: the lab's own compose file",
    }),
  seed: text(64).optional().meta({ description: 'of every random choice; a new one when it is not said' }),
  timeScale: z
    .number('must be a number')
    .min(6, 'must be at least 6')
    .max(18_000, 'must be at most 18000')
    .optional()
    .meta({
      description:
        "how much the incident's hour of discovery is compressed; instead of fleet.discoveryDelayMax",
    }),
  stretch: z
    .union([z.literal('measured'), z.number().min(1, STRETCHES).max(20, STRETCHES)], STRETCHES)
    .default(1)
    .meta({
      description:
        "what the fleet's times are multiplied by; measured: by how much longer this host takes for a thread than threadPace, at most 5 times",
    }),
  threadPace: duration(1, 1_000).prefault('8ms').meta({
    description:
      'the longest that a host may take for a thread, all its cores at work, for the times of the fleet to hold as they are written',
  }),
  trials: count(1, 100).default(1).meta({ description: 'how often all arms are run' }),
  controls: flag.optional().meta({
    description: "whether arms other than 'main' are run; when it is not said, if 'main' is to be an outage",
  }),
  until: text(30).optional().meta({
    description:
      "the phase of 'main' that the run ends with, or 'start' or 'steady-state'; then no other arm is run",
  }),
  size: text(40)
    .optional()
    .meta({ description: "the size that its fields were laid out by; a run's own copy says it" }),
  fleet: fleetSchema.prefault({}),
  load: loadSchema.prefault({}),
  steadyState: z.array(conditionSchema).default([]).meta({
    description: 'what must hold before anything is done to the fleet',
  }),
  method,
  rollback: z.array(stepSchema).default([]).meta({
    description: 'done after the method, also when it failed or was stopped',
  }),
  stopWhen: z
    .array(conditionSchema)
    .default([])
    .meta({ description: 'what ends a run early, with exit code 3' }),
  arms: z
    .record(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9-]{0,29}$/,
          'must be a name of lower-case letters, digits and dashes, at most 30',
        ),
      armSchema,
    )
    .refine((arms) => 'main' in arms, "must have an arm 'main'"),
  sizes: z
    .record(z.string(), differences)
    .default({})
    .meta({ description: "fields that differ in a size that 'run --size NAME' takes, by their path" }),
} as const;

/** What a fleet that is driven by a script, or by hand, shares with an experiment. */
export const scriptSchema = z.strictObject({
  name: shape.name.default('script'),
  runtime: shape.runtime,
  seed: shape.seed,
  timeScale: shape.timeScale,
  fleet: shape.fleet,
  load: shape.load,
  steadyState: shape.steadyState,
  stopWhen: shape.stopWhen,
  expect: expectation.prefault('healthy'),
});

export const experimentSchema = z.strictObject(shape, {
  error: ({ code }) => (code === 'invalid_type' ? 'must be a map of the fields of an experiment' : undefined),
});
/** An experiment as it was read. */
export type Experiment = z.output<typeof experimentSchema>;
/** An experiment as it is written. */
export type ExperimentInput = z.input<typeof experimentSchema>;
