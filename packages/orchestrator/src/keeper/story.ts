/**
 * What was told of a fleet since its start, for those who listen later: bounded, the oldest lines go first.
 */

/** The account of a run has a few dozen; a fleet that is held for an hour may have more. */
const LINES_MAX = 500;

export interface Story {
  /** Takes text that ends in a line's end. */
  write(text: string): void;
  /** @param fromStart hears what was told before as well. */
  subscribe(hear: (line: string) => void, fromStart: boolean): Disposable;
}

export function createStory(): Story {
  const told: string[] = [];
  const hearers = new Set<(line: string) => void>();
  return {
    write(text) {
      for (const line of text.replace(/\n$/, '').split('\n')) {
        told.push(line);
        if (told.length > LINES_MAX) told.shift();
        for (const hear of hearers) hear(line);
      }
    },
    subscribe(hear, fromStart) {
      if (fromStart) for (const line of told) hear(line);
      hearers.add(hear);
      return { [Symbol.dispose]: () => void hearers.delete(hear) };
    },
  };
}
