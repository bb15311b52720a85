/**
 * Who members run as. Root hands its rights away for good; any other user keeps its own. Neither can gain rights.
 */

/** `nobody` on every Linux: what the kernel maps unknown users to. */
const NOBODY = 65534;

export interface MemberUser {
  /** Whether it is another user than the orchestrator's. */
  readonly isOther: boolean;
  readonly uid: number;
  readonly gid: number;
  /** Options of setpriv(1) that become this user. */
  readonly setpriv: readonly string[];
}

/** @param uid the orchestrator's own user. */
export function memberUser(uid: number, gid: number): MemberUser {
  if (uid !== 0) return { isOther: false, uid, gid, setpriv: ['--no-new-privs'] };
  const setpriv = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--bounding-set=-all',
    '--inh-caps=-all',
    '--no-new-privs',
  ];
  return { isOther: true, uid: NOBODY, gid: NOBODY, setpriv };
}
