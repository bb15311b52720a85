/**
 * The one moment that all parts of the page show, and the one stretch of time that all plots cover. Hovering shows
 * a moment without moving the clock; replaying moves it at a pace that takes a whole run through in a fixed time.
 */

/** How long a replay of a whole run takes. */
const REPLAY_MS = 18_000;

export interface Clock {
  /** The moment that is shown: the one hovered over, else the one that is set. Monotonic. */
  readonly nowMs: number;
  readonly setMs: number;
  readonly spanMs: readonly [number, number];
  /** What the plots cover. */
  readonly viewMs: readonly [number, number];
  readonly playing: boolean;
  set(atMs: number): void;
  hover(atMs: number | null): void;
  /** Shows a part of the span; null shows all of it. */
  zoom(view: readonly [number, number] | null): void;
  toggle(): void;
  /** Moves to another arm's time. */
  begin(span: readonly [number, number], atMs: number): void;
  /** The time goes on: what showed all of it, or its newest moment, still does. */
  extend(endMs: number): void;
  /** Hears of every change of the moment, and of the view where `view` is true. */
  listen(listener: (changed: { readonly view: boolean }) => void): void;
}

export function makeClock(): Clock {
  const listeners: ((changed: { readonly view: boolean }) => void)[] = [];
  let span: readonly [number, number] = [0, 1];
  let view = span;
  let setMs = 0;
  let hoverMs: number | null = null;
  let frame: number | null = null;
  let due = false;
  let viewChanged = false;

  /** Listeners are told once a frame, however often the pointer moves. */
  function tell(ofView = false): void {
    viewChanged ||= ofView;
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      const changed = { view: viewChanged };
      viewChanged = false;
      for (const listener of listeners) listener(changed);
    });
  }
  function pause(): void {
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
  }
  function play(): void {
    if (setMs >= span[1] - 1) setMs = span[0];
    let lastMs = performance.now();
    const step = (atMs: number): void => {
      setMs = Math.min(span[1], setMs + ((atMs - lastMs) * (span[1] - span[0])) / REPLAY_MS);
      lastMs = atMs;
      frame = setMs < span[1] ? requestAnimationFrame(step) : null;
      tell();
    };
    frame = requestAnimationFrame(step);
  }
  return {
    get nowMs() {
      return hoverMs ?? setMs;
    },
    get setMs() {
      return setMs;
    },
    get spanMs() {
      return span;
    },
    get viewMs() {
      return view;
    },
    get playing() {
      return frame !== null;
    },
    set(atMs) {
      pause();
      setMs = Math.min(span[1], Math.max(span[0], atMs));
      hoverMs = null;
      tell();
    },
    hover(atMs) {
      hoverMs = frame === null ? atMs : null;
      tell();
    },
    zoom(wanted) {
      view = wanted ?? span;
      // What lay under the pointer lies elsewhere now.
      hoverMs = null;
      tell(true);
    },
    toggle() {
      if (frame === null) play();
      else pause();
      tell();
    },
    begin(next, atMs) {
      pause();
      [span, view, setMs, hoverMs] = [next, next, atMs, null];
      tell(true);
    },
    extend(endMs) {
      if (endMs <= span[1]) return;
      const showsAll = view === span;
      if (setMs >= span[1]) setMs = endMs;
      span = [span[0], endMs];
      if (showsAll) view = span;
      tell(true);
    },
    listen(listener) {
      listeners.push(listener);
    },
  };
}
