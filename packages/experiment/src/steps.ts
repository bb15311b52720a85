/**
 * The steps that a method is made of, as they are written: an object with one key, the verb. What each does to a
 * fleet is in the orchestrator, one file a verb.
 */
import type { MemberTargets } from '@fleetfall/protocol/faults.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { z } from 'zod';
import { bytes, count, duration, text, word } from './fields.ts';
import { assumptionFields } from './fleet-schema.ts';

/**
 * What a fleet can be waited for after a change. `linked`: every front-end knows all others, has every link open and
 * a map. The others are times within which a change has shown: `spread`, discovery and the next build; `ageing`,
 * discovery and the age at which maps built before are refused; `consequences`, all of it.
 */
const settling = word('linked', 'spread', 'ageing', 'consequences');
export type Settling = z.output<typeof settling>;

/** Which front-ends a step is done to; all that is said must be met. */
const selector = z.strictObject({
  cohort: word('incumbent', 'newcomer').optional(),
  count: count(1, 120)
    .optional()
    .meta({ description: 'at most so many of those that are met, the newest first' }),
});
export type Selector = z.output<typeof selector>;

const grow = z
  .strictObject({
    by: count(1, 100).optional().meta({ description: 'how many front-ends come at once' }),
    until: word('thread-refused').optional().meta({
      description:
        'again and again, until the kernel refused some front-end a thread, or past the predicted size',
    }),
    orTo: count(2, 120).optional().meta({
      description: 'where growth ends when nothing is predicted to break',
    }),
    as: text(40)
      .optional()
      .meta({ description: 'by the sizes by which this arm grew, each linked before the next' }),
    settle: settling
      .optional()
      .meta({ description: "what is waited for after each growth; with 'as' after the last" }),
  })
  .refine(({ by, as }) => (by === undefined) !== (as === undefined), "must have either 'by' or 'as'")
  .refine(({ until, orTo }) => until === undefined || orTo !== undefined, "'until' needs 'orTo'");

const restart = z.strictObject({ ...selector.shape });
const shrink = z
  .strictObject({ ...selector.shape })
  .refine((which) => Object.values(which).some((value) => value !== undefined), 'must say which members');

/** Members by their ids, or by a description, of whatever role. */
const targets = z
  .strictObject({
    members: z
      .array(text(40))
      .min(1, 'must name a member')
      .optional()
      .meta({ description: 'by their ids: be-1' }),
    role: word('front-end', 'back-end', 'metadata').optional(),
    ...selector.shape,
  })
  .refine((which) => Object.values(which).some((value) => value !== undefined), 'must say which members')
  .refine(
    ({ members, ...described }) =>
      members === undefined || Object.values(described).every((value) => value === undefined),
    "must have either 'members' or a description",
  )
  .transform(({ members, ...described }): MemberTargets => members ?? described);

const between = {
  targets,
  from: targets.optional().meta({ description: 'towards whom; when it is not said, every other member' }),
} as const;
const slow = z
  .strictObject({
    ...between,
    delay: duration(1, 60_000).optional().meta({ description: 'added to each round trip' }),
    lossPercent: count(1, 99).optional().meta({ description: 'of the packets' }),
  })
  .refine(
    ({ delay, lossPercent }) => delay !== undefined || lossPercent !== undefined,
    "must have 'delay' or 'lossPercent'",
  );

const deploy = z
  .strictObject({
    ...z.strictObject(assumptionFields).partial().shape,
    batch: count(1, 120)
      .optional()
      .meta({ description: 'how many are restarted at once; all when it is not said' }),
  })
  .refine(
    ({ batch, ...fields }) => Object.values(fields).some((value) => value !== undefined),
    'must change a field',
  )
  .transform(({ batch, discoveryDelayMax, buildInterval, shardMapMaxAge, ...rest }) => ({
    batch,
    changes: saidOnly({
      ...rest,
      discoveryDelayMaxMs: discoveryDelayMax,
      buildIntervalMs: buildInterval,
      shardMapMaxAgeMs: shardMapMaxAge,
    }),
  }));

/** Without the fields that nothing was said of. */
function saidOnly(
  fields: { readonly [Field in keyof FrontEndSettings]?: FrontEndSettings[Field] | undefined },
) {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<FrontEndSettings>;
}

/** The kernel takes no smaller quota than 1 ms of each 100. */
const CORES_MIN = 0.01;
const CORES_MAX = 1_024;
const CORES_ALLOWED = `must be a number of cores from ${CORES_MIN} to ${CORES_MAX}`;

/** Every verb with what it takes. */
const VERBS = {
  grow: grow.meta({ description: 'starts front-ends' }),
  shrink: shrink.meta({ description: 'removes front-ends' }),
  restart: restart.meta({ description: 'stops front-ends and starts each again, under new cgroups' }),
  deploy: deploy.meta({ description: 'restarts front-ends on a changed configuration' }),
  limit: z.strictObject({ pidsMax: count(1, 4_096), targets: targets.optional() }).meta({
    description: "sets pids.max of running members' cgroups; of every front-end when it is not said whose",
  }),
  kill: targets.meta({ description: 'SIGKILL; what it had on disk stays' }),
  pause: targets.meta({ description: 'every thread stands still, connections stay open' }),
  partition: z.strictObject(between).meta({ description: 'drops every packet between two sides' }),
  slow: slow.meta({ description: 'makes what passes between two sides late, or loses some of it' }),
  'limit-memory': z
    .strictObject({
      targets,
      room: bytes(0, 2 ** 40).meta({ description: 'above what each uses then' }),
    })
    .meta({
      description: 'leaves members little more memory than they use; the kernel kills what asks for more',
    }),
  'limit-cpu': z
    .strictObject({
      targets,
      cores: z
        .number(CORES_ALLOWED)
        .min(CORES_MIN, CORES_ALLOWED)
        .max(CORES_MAX, CORES_ALLOWED)
        .meta({ description: 'all threads of a member together' }),
    })
    .meta({ description: 'gives members a share of the CPU' }),
  heal: word('all').meta({ description: 'lifts every fault that is in force' }),
  settle: settling.meta({ description: 'waits until a change has shown; goodput is judged only behind it' }),
  hold: duration(100, 3_600_000).meta({
    description:
      'leaves the fleet as it is for so long; again, three times and for 10 s at most, while most of what the load saw is void',
  }),
} as const;

type Verbs = { readonly [Verb in keyof typeof VERBS]: z.output<(typeof VERBS)[Verb]> };
/** A step as it was read: its verb, and what that takes. */
export type Step = {
  readonly [Verb in keyof Verbs]: { readonly verb: Verb; readonly args: Verbs[Verb] };
}[keyof Verbs];
/** What one verb takes. */
export type StepArgs<Verb extends keyof Verbs> = Verbs[Verb];

const verbNames = Object.keys(VERBS);

export const stepSchema = z
  .strictObject(VERBS)
  .partial()
  .meta({ minProperties: 1, maxProperties: 1 })
  .transform((written, context): Step => {
    const given = Object.entries(written).filter(([, args]) => args !== undefined);
    const [only] = given;
    if (only === undefined || given.length > 1) {
      context.addIssue({ code: 'custom', message: `must have one verb: one of ${verbNames.join(', ')}` });
      return z.NEVER;
    }
    return { verb: only[0], args: only[1] } as Step;
  });

/** Steps that are done under one name: the journal, the report and the claims know them by it. */
export const phaseSchema = z.strictObject({
  phase: z
    .string('must be text')
    .regex(/^[a-z][a-z0-9-]{0,29}$/, 'must be a name of lower-case letters, digits and dashes, at most 30')
    .refine(
      (name) => name !== 'start' && name !== 'steady-state',
      "'start' and 'steady-state' are every arm's own",
    ),
  steps: z.array(stepSchema).min(1, 'must have a step'),
});
/** A phase of a method as it was read. */
export type MethodPhase = z.output<typeof phaseSchema>;
