/**
 * The Node that members run on: this process's own when it is new enough, as it always is behind the launcher; else
 * the pinned one, when a script of an older Node uses fleetfall as a library.
 */
import { NODE_MAJOR, nodeRemedy, pinnedNode } from './pinned-node.mjs';

/** There is no Node for members. The message says what to do. */
export class NodeMissingError extends Error {
  override readonly name = 'NodeMissingError';
}

/** @throws NodeMissingError */
export function nodeForMembers(): { readonly binary: string; readonly version: string } {
  const own = process.versions.node;
  if (Number(own.split('.')[0]) >= NODE_MAJOR) return { binary: process.execPath, version: own };
  const pinned = pinnedNode();
  if (pinned !== undefined) return pinned;
  throw new NodeMissingError(
    `The fleet's members need Node ${NODE_MAJOR}, and this is ${process.version}: ${nodeRemedy()}`,
  );
}
