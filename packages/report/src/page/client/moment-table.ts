/**
 * A table of members whose figures follow the clock: a row for each, which keeps its place while its cells change.
 */

export interface MomentTable<Member> {
  /** For those who do not see it. */
  readonly caption: string;
  /** The first stands over the members' names. */
  readonly heads: readonly string[];
  readonly members: readonly Member[];
  nameOf(member: Member): readonly (Node | string)[];
}

/** A member's row. */
export interface MomentRow<Member> {
  readonly member: Member;
  readonly row: HTMLTableRowElement;
  /** Writes its figures, in the order of the heads behind the first. What stands there already is left alone. */
  write(texts: readonly string[]): void;
}

/** Makes the table anew, with empty figures. */
export function makeMomentTable<Member>(
  table: HTMLTableElement,
  { caption, heads, members, nameOf }: MomentTable<Member>,
): MomentRow<Member>[] {
  table.replaceChildren();
  const told = table.createCaption();
  told.className = 'unseen';
  told.textContent = caption;
  const head = table.createTHead().insertRow();
  for (const text of heads) head.append(headOf('col', [text]));
  const body = table.createTBody();
  return members.map((member) => {
    const row = body.insertRow();
    row.append(headOf('row', nameOf(member)));
    const cells = heads.slice(1).map(() => row.insertCell());
    return {
      member,
      row,
      write(texts) {
        texts.forEach((text, index) => {
          const place = cells[index];
          if (place !== undefined && place.textContent !== text) place.textContent = text;
        });
      },
    };
  });
}

function headOf(scope: 'col' | 'row', parts: readonly (Node | string)[]): HTMLTableCellElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.append(...parts);
  return cell;
}
