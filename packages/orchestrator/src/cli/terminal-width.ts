/**
 * How wide text for a stream may be. A pipe has no width and a terminal may not know its own (a pseudo-terminal that
 * nobody gave a size says 0): both get a width that reads well.
 */

const COLUMNS_OTHERWISE = 120;

/** @returns a whole number above 0. */
export function columnsOf({ columns }: { readonly columns?: number | undefined }): number {
  return columns !== undefined && Number.isInteger(columns) && columns > 0 ? columns : COLUMNS_OTHERWISE;
}
