/**
 * Opens calls of the C library one by one, each when it is first used: the runtime makes machine code for every call that it opens,
 * which takes a third of a millisecond and 18 kB, and most processes use few of those that the product knows.
 *
 * @module
 */
import { NotSupportedError } from "../../contract/errors.ts";

type Calls<Symbols extends Deno.ForeignLibraryInterface> = Deno.DynamicLibrary<Symbols>["symbols"];

/** Tables of calls that are opened together when tests want them early. */
export class CallTables {
  #early = false;
  /** What opens the calls of each table that was asked for. */
  readonly #tables: (() => void)[] = [];

  /** As {@link openEarly}. */
  openEarly(): void {
    this.#early = true;
    for (const openAll of this.#tables) openAll();
  }

  /** As {@link openCalls}. */
  openCalls<const Symbols extends Deno.ForeignLibraryInterface>(symbols: Symbols): Calls<Symbols> {
    open({});
    const table = {};
    for (const name of Object.keys(symbols)) {
      Object.defineProperty(table, name, {
        // A property of its own hides this one, and is as quick as if there had been no other.
        get(this: object): unknown {
          const call = Reflect.get(open({ [name]: symbols[name] }), name);
          Object.defineProperty(this, name, { value: call });
          return call;
        },
      });
    }
    const calls: object = Object.create(table);
    const openAll = () => {
      for (const name of Object.keys(symbols)) Reflect.get(calls, name);
    };
    this.#tables.push(openAll);
    if (this.#early) openAll();
    // Each call is what the runtime makes of its symbol.
    return calls as Calls<Symbols>;
  }
}

const tables = new CallTables();

/** Opens all calls that were asked for and will be. Tests want it: the runtime counts what a test opens as a leak of that test. */
export const openEarly = (): void => tables.openEarly();

/**
 * Returns the calls by their names.
 *
 * @throws NotSupportedError where there is no such library; a call that it does not have throws this when it is used
 *
 * @example
 * ```ts ignore
 * const calls = openCalls({ getpid: { parameters: [], result: "i32" } });
 * assert.equal(calls.getpid(), Deno.pid);
 * ```
 */
export const openCalls = <const Symbols extends Deno.ForeignLibraryInterface>(
  symbols: Symbols,
): Calls<Symbols> => tables.openCalls(symbols);

function open<Symbols extends Deno.ForeignLibraryInterface>(symbols: Symbols): Calls<Symbols> {
  try {
    return Deno.dlopen("libc.so.6", symbols).symbols;
  } catch (cause) {
    const [name] = Object.keys(symbols);
    throw name === undefined
      ? new NotSupportedError("cannot open the C library libc.so.6: glibc on Linux is needed", { cause })
      : new NotSupportedError(`cannot open ${name} of the C library libc.so.6: glibc on Linux is needed`, {
        cause,
      });
  }
}
