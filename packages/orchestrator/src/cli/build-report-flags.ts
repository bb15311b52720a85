/**
 * The flags by which a command leaves files for a build server. Apart from what writes them, since help must not load
 * the reports.
 */
export interface BuildReportOptions {
  /** Where JUnit XML goes; nowhere when undefined. */
  readonly junit?: string | undefined;
  /** Where the Markdown summary goes; nowhere when undefined. */
  readonly summary?: string | undefined;
}

export const BUILD_REPORT_FLAGS = [
  { long: '--junit', help: 'leave JUnit XML there: a suite an arm, a test a criterion' },
  { long: '--summary', help: 'leave a Markdown summary there, the verdict first, below 1 MiB' },
] as const;
