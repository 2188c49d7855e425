/** The page that maps the reference's API to ours is complete, and names only what is there; exported functions have examples. @module */
import assert from "node:assert/strict";
import * as api from "../../mod.ts";

const ROOT = new URL("../../", import.meta.url);

/** All that the manual pages of the reference name (release 0.23.0: `dev.h`, `fccntl.h`, `fqueue.h`, `errno.h`). */
const REFERENCE = `
flow_alloc flow_accept flow_join flow_dealloc flow_write flow_read
fset_create fset_destroy fset_add fset_del fset_zero fset_has
fqueue_create fqueue_destroy fevent fqueue_next fqueue_type fccntl
FLOWSRCVTIMEO FLOWGRCVTIMEO FLOWSSNDTIMEO FLOWGSNDTIMEO FLOWGQOSSPEC FLOWSFLAGS FLOWGFLAGS FLOWGRXQLEN FLOWGTXQLEN
FRCTSFLAGS FRCTGFLAGS
FLOWFRDONLY FLOWFWRONLY FLOWFRDWR FLOWFDOWN FLOWFRNOBLOCK FLOWFWNOBLOCK FLOWFNONBLOCK FLOWFRNOPART FLOWFWNOPART
FRCTFRTX FRCTFRESCNTL FRCTFLINGER
FLOW_PKT FLOW_DOWN FLOW_UP FLOW_ALLOC FLOW_DEALLOC FLOW_PEER
EPERM EAGAIN EBADF ENOMEM EINVAL EPIPE EMSGSIZE ENOTSUP ECONNRESET ETIMEDOUT ENOTALLOC EIPCPTYPE EIRMD EIPCP EIPCPSTATE
EFLOWDOWN EFLOWPEER ENAME ECRYPT EAUTH
`.trim().split(/\s+/);

interface Member {
  readonly name: string;
}
interface Declaration {
  readonly kind: string;
  readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
  readonly def: {
    readonly properties?: readonly Member[];
    readonly methods?: readonly Member[];
    readonly tsType?: unknown;
  };
}
interface Exported {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

/** What `mod.ts` exports, as `deno doc` sees it. */
const EXPORTS: ReadonlyMap<string, readonly Declaration[]> = await (async () => {
  const command = new Deno.Command(Deno.execPath(), { args: ["doc", "--json", "mod.ts"], cwd: ROOT });
  const { stdout } = await command.output();
  const { nodes }: { nodes: Record<string, { symbols: readonly Exported[] }> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const all = Object.values(nodes).flatMap(({ symbols }) => symbols);
  return new Map(all.map(({ name, declarations }) => [name, declarations]));
})();

interface Row {
  readonly reference: string;
  readonly ours: readonly string[];
  readonly remarks: readonly string[];
}

const spans = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span);

const rows: readonly Row[] = Deno.readTextFileSync(new URL("docs/api.md", ROOT)).split("\n")
  .map((line) => line.split("|").slice(1, -1))
  .filter((cells) => cells.length === 3 && spans(cells[0]).length === 1)
  .map(([reference, ours, remarks]) => ({
    reference: spans(reference)[0],
    ours: spans(ours),
    remarks: spans(remarks),
  }));

const membersOf = (name: string): Set<string> =>
  new Set(
    (EXPORTS.get(name) ?? []).flatMap(({ def }) => [...def.properties ?? [], ...def.methods ?? []])
      .map((member) => member.name),
  );

/** Whether a name of ours is there: an export, a member of one, or, in quotes, an event. */
function exists(name: string): boolean {
  if (name.startsWith('"')) return JSON.stringify(EXPORTS.get("FlowEventType")).includes(name);
  const [first, member] = name.split(".");
  return EXPORTS.has(first) && (member === undefined || membersOf(first).has(member));
}

Deno.test("every name of the reference is in the tables, once", () => {
  assert.deepEqual(rows.map(({ reference }) => reference).toSorted(), REFERENCE.toSorted());
});

Deno.test("every name of ours in the tables is in mod.ts", () => {
  assert(!exists("Flow.nothing") && !exists("Nothing") && !exists('"nothing"'));
  for (const { reference, ours, remarks } of rows) {
    assert(ours.length > 0, `${reference} has no counterpart`);
    const named = [...ours, ...remarks.filter((name) => /^[A-Z]\w+(\.\w+)?$|^"(?!read|write)/.test(name))];
    const missing = named.filter((name) => !exists(name));
    assert.deepEqual(missing, [], `for ${reference}`);
  }
});

Deno.test("errors have the numbers of the reference's errors that they stand for", () => {
  const numbers = {
    EPERM: 1,
    EAGAIN: 11,
    ENOMEM: 12,
    EINVAL: 22,
    EPIPE: 32,
    EMSGSIZE: 90,
    ENOTSUP: 95,
    ETIMEDOUT: 110,
  };
  const own = "ENOTALLOC EIPCPTYPE EIRMD EIPCP EIPCPSTATE EFLOWDOWN EFLOWPEER ENAME ECRYPT EAUTH".split(" ");
  const expected = [...Object.entries(numbers), ...own.map((name, at) => [name, 1000 + at] as const)];
  for (const [reference, errno] of expected) {
    const name = rows.find((row) => row.reference === reference)?.ours[0];
    assert.equal(api.errorFromErrno(errno, "").name, name, reference);
  }
});

Deno.test("every function, and every class to be used, has an example", () => {
  const without = Object.entries(api)
    .filter(([, value]) =>
      typeof value === "function" && !(value.prototype instanceof Error) && value !== api.OuroError
    )
    .map(([name]) => name)
    .filter((name) =>
      !EXPORTS.get(name)?.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
    );
  assert.deepEqual(without, []);
});
