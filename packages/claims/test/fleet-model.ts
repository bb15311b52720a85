/**
 * The fleet of a told journal: members that learn of one another late, take threads up to their limit, build
 * shard-maps with one thread more, and route while their map is young. The arithmetic is the experiment's
 * hypothesis, so a journal told by it is one in which every claim holds.
 */
import { DurationHistogram } from '@fleetfall/journal/histogram.ts';
import type { ArmSettings, WitnessReading } from '@fleetfall/journal/records.ts';
import type { Cohort, LoadHistograms, LoadRecord } from '@fleetfall/protocol/load-stdio.ts';
import type { ObserverRecord } from '@fleetfall/protocol/observer-stdio.ts';
import { DEFAULTS, kernelOf, type ModelledMember, type ModelOptions, stateOf } from './modelled-member.ts';

const RATE_PER_SECOND = 240;

export class FleetModel {
  readonly pidsMax: number;
  readonly #options: ModelOptions;
  readonly #discoveryMs: number;
  readonly #buildMs: number;
  readonly #members = new Map<string, ModelledMember>();
  #nowMs = 0;
  #maxAgeMs = 0;
  #born = 0;

  constructor(options: Partial<ModelOptions>, discoveryMs: number, buildMs: number) {
    this.#options = { ...DEFAULTS, ...options };
    this.pidsMax = this.#options.pidsMax;
    this.#discoveryMs = discoveryMs;
    this.#buildMs = buildMs;
  }

  get size(): number {
    return this.#members.size;
  }

  get refused(): boolean {
    return [...this.#members.values()].some(({ hits }) => hits > 0);
  }

  idsOf(cohort: Cohort): string[] {
    return [...this.#members.values()]
      .filter((member) => member.cohort === cohort)
      .map(({ memberId }) => memberId);
  }

  cohortOf(memberId: string): Cohort {
    return Number(memberId.slice(3)) <= this.idsOf('incumbent').length ? 'incumbent' : 'newcomer';
  }

  start(cohort: Cohort, nowMs: number): string {
    this.#born += 1;
    const memberId = `fe-${this.#born}`;
    this.#members.set(memberId, this.#fresh(memberId, cohort, 1, nowMs));
    return memberId;
  }

  remove(memberId: string, nowMs: number): void {
    this.#members.delete(memberId);
    this.#nowMs = nowMs;
  }

  restart(memberId: string, nowMs: number): number {
    const old = this.#members.get(memberId) as ModelledMember;
    this.#members.set(memberId, this.#fresh(memberId, old.cohort, old.incarnation + 1, nowMs));
    return old.incarnation + 1;
  }

  tick(nowMs: number, maxAgeMs: number): void {
    this.#nowMs = nowMs;
    this.#maxAgeMs = maxAgeMs;
    const { bootThreads, threadsPerPeer, constructionThreads, pidsMax, onBuildFailure, restartHeals } =
      this.#options;
    for (const member of this.#members.values()) {
      for (const other of this.#members.values()) this.#learn(member, other);
      for (const known of member.learnedMs.keys()) {
        if (!this.#members.has(known) && nowMs % this.#discoveryMs === 0) member.learnedMs.delete(known);
      }
      const known = [...member.learnedMs.values()].filter((atMs) => atMs <= nowMs).length;
      const wanted = bootThreads + threadsPerPeer * known;
      member.tasks = Math.min(pidsMax, wanted);
      member.hits += Math.max(0, wanted - pidsMax);
      member.peak = Math.max(member.peak, member.tasks);
      if (nowMs < member.nextBuildMs || member.builds.stopped) continue;
      member.nextBuildMs = nowMs + this.#buildMs;
      member.builds.started += 1;
      member.peak = Math.max(member.peak, Math.min(pidsMax, member.tasks + constructionThreads));
      if (member.tasks + constructionThreads > pidsMax || (member.incarnation > 1 && !restartHeals)) {
        if (member.tasks + constructionThreads > pidsMax) member.hits += 1;
        member.builds.failed += 1;
        member.builds.stopped = onBuildFailure === 'stop';
      } else {
        member.builds.finished += 1;
        member.builtMs = nowMs;
      }
    }
  }

  observations(beginAtMs: number): Exclude<ObserverRecord, { kind: 'ready' }>[] {
    const sampledAtMs = beginAtMs + this.#nowMs;
    const { aliveAtLimit, backEndHealthy } = this.#options;
    const own = [...this.#members.values()].flatMap(
      (member): Exclude<ObserverRecord, { kind: 'ready' }>[] => [
        {
          kind: 'sample',
          sampledAtMs,
          tookMs: 2,
          state: stateOf(member, this.#options, { monoMs: this.#nowMs, beginAtMs, aged: this.#aged(member) }),
        },
        {
          kind: 'health',
          sampledAtMs,
          memberId: member.memberId,
          alive: aliveAtLimit || !this.#aged(member),
          ready: true,
        },
      ],
    );
    const reason = backEndHealthy ? null : 'ECONNREFUSED';
    return [
      ...own,
      { kind: 'probe', probedAtMs: sampledAtMs, memberId: 'be-1', ok: backEndHealthy, tookMs: 3, reason },
    ];
  }

  witness(): WitnessReading[] {
    const { ancestorAtLimit } = this.#options;
    return [...this.#members.values()].map((member) => {
      const { memberId, incarnation } = member;
      return { memberId, incarnation, kernel: kernelOf(member, this.#options), ancestorAtLimit };
    });
  }

  load(windowMs: number, beginAtMs: number): Extract<LoadRecord, { kind: 'load' }> {
    const offered = (RATE_PER_SECOND * windowMs) / 1000;
    const each = Math.floor(offered / Math.max(1, this.size));
    const noise = this.#options.noiseFailures;
    const outcomes = [...this.#members.values()].map((member, index) => {
      const { memberId, cohort } = member;
      const missing = member.builtMs === null;
      const fails = this.#options.agedMapRefused && (missing || this.#aged(member));
      if (index === 0 && noise > 0)
        return { memberId, cohort, outcome: 'timeout', reason: null, count: noise };
      return fails
        ? {
            memberId,
            cohort,
            outcome: 'ServiceUnavailable',
            reason: missing ? 'map-missing' : 'map-aged',
            count: each,
          }
        : { memberId, cohort, outcome: 'ok', reason: null, count: each };
    });
    const ok = outcomes.reduce((sum, { outcome, count }) => sum + (outcome === 'ok' ? count : 0), 0);
    return {
      kind: 'load',
      windowEndMs: beginAtMs + this.#nowMs,
      windowMs,
      offered,
      sent: offered,
      dropped: 0,
      inFlight: 0,
      outcomes,
      latencyMs: ok === 0 ? null : { p50: 2, p99: 9, max: 20 },
      histograms: histogramsOf(ok),
      latenessP99Ms: 1,
      targetsReady: this.size,
    };
  }

  settings(frontEndsBefore: number, frontEndsMax: number, maxAgeMs: number): ArmSettings {
    const { threadsPerPeer, pidsMax, onBuildFailure, agedMapRefused } = this.#options;
    return {
      pidsMax,
      frontEndsBefore,
      frontEndsMax,
      backEnds: 1,
      shards: 256,
      ratePerSecond: RATE_PER_SECOND,
      recordBytes: 256,
      sampleIntervalMs: 250,
      frontEnd: {
        peerLinks: threadsPerPeer === 0 ? 'event-loop' : 'thread-per-peer',
        threadsPerPeer: Math.max(1, threadsPerPeer),
        linkPoolThreads: 4,
        uvThreads: 4,
        constructionThread: 'on-demand',
        agedMap: agedMapRefused ? 'refuse' : 'serve',
        missingPeer: 'partial',
        onBuildFailure,
        discoveryDelayMaxMs: this.#discoveryMs,
        buildIntervalMs: this.#buildMs,
        shardMapMaxAgeMs: maxAgeMs,
      },
    };
  }

  #fresh(memberId: string, cohort: Cohort, incarnation: number, nowMs: number): ModelledMember {
    const builds = { started: 0, finished: 0, failed: 0, stopped: false };
    const { bootThreads: tasks } = this.#options;
    const fresh = {
      memberId,
      cohort,
      incarnation,
      startedMs: nowMs,
      learnedMs: new Map(),
      tasks,
      peak: tasks,
      hits: 0,
    };
    return { ...fresh, builtMs: null, nextBuildMs: nowMs + 250, builds };
  }

  /** A newcomer knows the fleet at once, as membership tells it; the fleet learns of it member by member. */
  #learn(member: ModelledMember, other: ModelledMember): void {
    if (member === other || member.learnedMs.has(other.memberId)) return;
    const place = Number(member.memberId.slice(3)) % 8;
    const delayMs = member.startedMs >= other.startedMs ? 0 : (this.#discoveryMs * (place + 1)) / 9;
    member.learnedMs.set(other.memberId, Math.max(member.startedMs, other.startedMs + delayMs));
  }

  #aged(member: ModelledMember): boolean {
    return member.builtMs === null || this.#nowMs - member.builtMs > this.#maxAgeMs;
  }
}

/** Most requests take 2 ms, one in fifty 9 ms, one 20 ms. */
function histogramsOf(ok: number): LoadHistograms {
  const latency = new DurationHistogram();
  for (let request = 0; request < ok; request += 1)
    latency.record(request === 0 ? 20 : request % 50 === 0 ? 9 : 2);
  const none = new DurationHistogram().toCounts();
  return { latency: latency.toCounts(), service: latency.toCounts(), lateness: none, loopDelay: none };
}
