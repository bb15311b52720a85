/**
 * When requests are overdue: so long after they were sent, and those that never were, so long after they were handed
 * to their sender. All have the same time-out, so they are due in the order in which they were handed over, and only the
 * head of that row is looked at; the few that were sent later than they were handed over stand in a row of their own.
 */

/** A request as far as its deadline goes. Times are on the clock of `performance.now`. */
export interface Timed {
  readonly handedAtMs: number;
  /** NaN as long as it was not sent. */
  readonly sentAtMs: number;
  readonly ended: boolean;
  /** Behind it in the row. */
  next: this | undefined;
  /** Its time is over. */
  overdue(): void;
}

export interface Deadlines<Request extends Timed> {
  add(request: Request): void;
  endOverdue(nowMs: number): void;
}

export function createDeadlines<Request extends Timed>(timeoutMs: number): Deadlines<Request> {
  let first: Request | undefined;
  let last: Request | undefined;
  /** In the order of their sends. */
  const sentLate: Request[] = [];
  const insert = (request: Request): void => {
    let at = sentLate.length;
    while (at > 0 && (sentLate[at - 1] as Request).sentAtMs > request.sentAtMs) at -= 1;
    sentLate.splice(at, 0, request);
  };
  return {
    add(request) {
      if (last === undefined) first = request;
      else last.next = request;
      last = request;
    },
    endOverdue(nowMs) {
      while (first !== undefined && (first.ended || nowMs - first.handedAtMs >= timeoutMs)) {
        const request: Request = first;
        first = request.next;
        // One that has grown old would else keep all that came after it from being collected as young.
        request.next = undefined;
        if (first === undefined) last = undefined;
        if (request.ended) continue;
        if (nowMs - request.sentAtMs < timeoutMs) insert(request);
        else request.overdue();
      }
      let over = 0;
      for (const request of sentLate) {
        if (!request.ended && nowMs - request.sentAtMs < timeoutMs) break;
        over += 1;
      }
      for (const request of sentLate.splice(0, over)) if (!request.ended) request.overdue();
    },
  };
}
