/**
 * What may be drawn with: the style sheet's colours by what they stand for, which is the same on every plot. What each
 * is, light and dark, is said in `page.css` alone.
 */
export type Colour =
  | 'ink'
  | 'quiet'
  | 'rule'
  | 'shade'
  | 'ground'
  | 'incumbent'
  | 'newcomer'
  | 'ok'
  | 'failed'
  | 'unanswered'
  | 'error-2'
  | 'error-3'
  | 'error-4'
  | 'fresh'
  | 'limit'
  | 'missing';
