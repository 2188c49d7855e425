/**
 * The terminal at which a user reads, and the program that shows a long text a screen at a time.
 *
 * @module
 */

/** The program that `PAGER` names, else less; its option keeps bold and underlined text. */
const LESS = ["less", "-R"];
/** Characters in a line where the terminal does not tell. */
const COLUMNS = 80;

/** The terminal of this process; undefined when its output goes elsewhere. */
export function terminal() {
  if (!Deno.stdout.isTerminal()) return undefined;
  return {
    columns: columns(),
    styles: Deno.env.get("NO_COLOR") === undefined && Deno.env.get("TERM") !== "dumb",
    show: (text: string) => show(text),
  };
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || COLUMNS;
  } catch {
    return COLUMNS;
  }
}

/** Shows a text; prints it where there is no such program, or nobody who could turn pages. */
async function show(text: string): Promise<void> {
  const told = Deno.env.get("PAGER");
  const commands = [...told ? [["sh", "-c", told]] : [], LESS];
  for (const [command, ...args] of Deno.stdin.isTerminal() ? commands : []) {
    let pager: Deno.ChildProcess;
    try {
      pager = new Deno.Command(command, { args, stdin: "piped" }).spawn();
    } catch {
      continue; // There is no such program.
    }
    const writer = pager.stdin.getWriter();
    try {
      await writer.write(new TextEncoder().encode(`${text}\n`));
      await writer.close();
    } catch {
      // It was left before the end of the text.
    }
    await pager.status;
    return;
  }
  console.log(text);
}
