/**
 * What a lab's session writes down: the membership's changes as members' lives, the phases that they make, and when
 * the fleet has stood long enough for a change to have shown. The journal is begun with the first front-end that the
 * kernel's counters are known of, since the limit is what they say.
 */
import { MAIN_ARM } from '@fleetfall/experiment/main-arm.ts';
import { settlingMs } from '@fleetfall/experiment/settling.ts';
import { type Journal, openJournal } from '@fleetfall/journal/append.ts';
import type { EndRecord } from '@fleetfall/journal/records.ts';
import type { KernelCounters } from '@fleetfall/protocol/member-state.ts';
import type { FrontEndSettings } from '@fleetfall/protocol/settings.ts';
import { type Recorder, recorderFor } from '../method/recorder.ts';
import type { LabBoot } from './lab-boot.ts';
import { armRecordOf, runRecordOf } from './lab-head.ts';
import { makeLabPhases } from './lab-phases.ts';
import type { LabMember, Roster, RosterChange } from './lab-roster.ts';

export interface LabJournal {
  readonly record: Recorder;
  readonly failed: Journal['failed'];
  heed(changes: readonly RosterChange[]): void;
  /** The load begins: whatever comes later was done to a fleet that served. */
  served(): void;
  end(how: EndRecord['how'], reason: string): void;
}

export interface LabJournalOptions {
  readonly path: string;
  readonly boot: LabBoot;
  readonly frontEnd: FrontEndSettings;
  readonly roster: Roster;
  /** Of the first front-end that was seen. */
  readonly kernel: KernelCounters & { readonly limit: number };
  readonly version: string;
}

/** @throws when the journal cannot be made. */
export function beginLabJournal(options: LabJournalOptions): LabJournal {
  const { boot, frontEnd, roster, kernel } = options;
  const journal = openJournal(options.path);
  const present = roster.present();
  const frontEnds = roster.frontEnds().length;
  journal.append(runRecordOf(boot, frontEnd, kernel, options.version));
  const record = recorderFor(journal, MAIN_ARM);
  record(
    armRecordOf(boot, frontEnd, { pidsMax: kernel.limit, frontEnds, backEnds: present.length - frontEnds }),
  );
  const phases = makeLabPhases((phase, event) =>
    record({ kind: 'phase', phase, event, frontEnds: roster.frontEnds().length }),
  );
  const settlesMs = settlingMs('consequences', frontEnd);
  let settling: NodeJS.Timeout | undefined;
  let serves = false;

  function settleAnew(): void {
    clearTimeout(settling);
    settling = setTimeout(
      () => record({ kind: 'settled', frontEnds: roster.frontEnds().length }),
      settlesMs,
    ).unref();
  }
  function noteLife(
    event: RosterChange['event'],
    { member, cohort, starts }: LabMember,
    count: number,
  ): void {
    const { memberId, role } = member;
    record({
      kind: 'member',
      event,
      memberId,
      role,
      cohort,
      incarnation: starts,
      frontEnds: count,
      detail: null,
    });
  }
  let count = 0;
  for (const each of present) {
    if (each.member.role === 'front-end') count += 1;
    noteLife('started', each, count);
  }
  settleAnew();
  return {
    record,
    failed: journal.failed,
    heed(changes) {
      if (serves) phases.heed(changes);
      for (const { event, of, frontEnds: after } of changes) noteLife(event, of, after);
      if (changes.length > 0) settleAnew();
    },
    served() {
      serves = true;
      phases.begin('steady-state');
    },
    end(how, reason) {
      clearTimeout(settling);
      phases[Symbol.dispose]();
      if (!journal.closed && !journal.failed.aborted) journal.append({ kind: 'end', how, reason });
      journal[Symbol.dispose]();
    },
  };
}
