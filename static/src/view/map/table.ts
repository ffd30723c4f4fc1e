// Cells of a spreadsheet as its copy writes them: tabs between columns, line ends between rows, and quotes round a
// cell that holds either.

/** The rows of a copied text; empty lines at the end do not count. */
export function parseTable(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const source = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  const endCell = (): void => {
    row.push(cell.trim());
    cell = "";
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (source[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === "" && closes(source, i)) quoted = true;
    else if (c === "\t") endCell();
    else if (c === "\n") {
      endCell();
      rows.push(row);
      row = [];
    } else cell += c;
  }
  endCell();
  rows.push(row);
  while (rows.length > 0 && (rows.at(-1) ?? []).every((one) => one === "")) rows.pop();
  return rows;
}

/** Whether a quote opens a cell: its twin stands before a tab, a line end or the end. Else it is only a quote. */
function closes(source: string, from: number): boolean {
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] !== '"') continue;
    if (source[i + 1] === '"') i++;
    else return i + 1 === source.length || source[i + 1] === "\t" || source[i + 1] === "\n";
  }
  return false;
}
