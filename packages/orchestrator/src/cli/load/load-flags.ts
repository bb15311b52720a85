/** What `fleetfall load` is told: its flags, and the environment that credentials come from. */

/** The flags as commander gives them. */
export interface LoadOptions {
  readonly url: readonly string[];
  readonly rate?: string;
  readonly for?: string;
  readonly spike?: string;
  readonly replay?: string;
  readonly arrivals: string;
  readonly seed: string;
  readonly method?: string;
  readonly header: readonly string[];
  readonly body?: string;
  readonly stream?: string;
  readonly client: string;
  readonly attempts: string;
  readonly region: string;
  readonly recordBytes: string;
  readonly batch: string;
  readonly keys: string;
  readonly reads: string;
  readonly history?: string;
  readonly timeout: string;
  readonly inFlightMax: string;
  readonly connections?: string;
  readonly generators?: string;
  readonly threshold: readonly string[];
  readonly stopOnFailure?: boolean;
  readonly iOwnThisTarget?: boolean;
  readonly json?: boolean;
}

/** Of the process, what credentials are looked for in. */
export type Environment = Readonly<Record<string, string | undefined>>;
