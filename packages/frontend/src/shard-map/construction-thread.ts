/**
 * The construction thread: made for one construction and let go (`on-demand`), or kept (`resident`). At the
 * limit it cannot be had, and that is how a front-end that runs out of threads loses its map.
 */
import { constructTable } from './construct.ts';

export default constructTable;
