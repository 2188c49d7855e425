import assert from "node:assert/strict";
import { unless } from "../testing/left_out.ts";
import { AuthError, IrmdError, NameError, PermissionError } from "../contract/errors.ts";
import { formatFault, formatResult, parseRpc } from "../wire/local/json_rpc.ts";
import { IrmdClient } from "./irmd_client.ts";

/** An IRMd that answers each line with what `answer` says; gives what arrived, write by write. */
async function fakeIrmd(
  answer: (method: string, id: number) => string,
  use: (path: string, arrived: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/admin.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const arrived: string[] = [];
  const served = (async () => {
    for await (const conn of listener) {
      try {
        const buffer = new Uint8Array(65536);
        for (let count; (count = await conn.read(buffer)) !== null;) {
          const text = new TextDecoder().decode(buffer.subarray(0, count));
          arrived.push(text);
          for (const line of text.split("\n").filter((part) => part !== "")) {
            const message = parseRpc(line);
            if (message.kind !== "request") continue;
            const reply = answer(message.method, Number(message.id));
            if (reply !== "") await conn.write(new TextEncoder().encode(reply + "\n"));
          }
        }
      } finally {
        conn.close();
      }
    }
  })();
  try {
    await use(path, arrived);
  } finally {
    listener.close();
    await served;
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the hello and the first request go out in one write; later requests use the same connection", async () => {
  await fakeIrmd((method, id) => formatResult(id, { method }), async (path, arrived) => {
    const client = new IrmdClient(() => [path]);
    assert.deepEqual(await client.call("ipcp.list", {}), { method: "ipcp.list" });
    assert.deepEqual(await client.call("name.list", {}), { method: "name.list" });
    await client.close();
    assert.equal(arrived.length, 2);
    const [hello, list] = arrived[0].split("\n").map((line) => line === "" ? undefined : parseRpc(line));
    assert.deepEqual(hello, {
      kind: "request",
      id: 1,
      method: "hello",
      params: { protocol: 1, program: "irm", role: "tool" },
    });
    assert.deepEqual(list, { kind: "request", id: 2, method: "ipcp.list", params: {} });
  });
});

Deno.test("an error of the IRMd comes through as itself", async () => {
  const answer = (method: string, id: number) =>
    method === "hello" ? formatResult(id, {}) : formatFault(id, new NameError("there is no name x"));
  await fakeIrmd(answer, async (path) => {
    const client = new IrmdClient(() => [path]);
    await assert.rejects(client.call("name.destroy", { name: "x" }), NameError);
    await client.close();
  });
});

Deno.test("a refused hello is the answer of the request behind it", async () => {
  const refuse = (method: string, id: number) =>
    method === "hello" ? formatFault(id, new AuthError("not you")) : "";
  await fakeIrmd(refuse, async (path) => {
    const client = new IrmdClient(() => [path]);
    await assert.rejects(client.call("status", {}), /not you/);
    await client.close();
  });
});

Deno.test("without an IRMd, the paths that were tried are named", async () => {
  const client = new IrmdClient(() => ["/nonexistent/own/admin.sock", "/nonexistent/admin.sock"]);
  await assert.rejects(client.call("status", {}), (error) => {
    assert(error instanceof IrmdError);
    assert.match(
      error.message,
      /at \/nonexistent\/own\/admin\.sock or \/nonexistent\/admin\.sock \(.*ouro irmd/,
    );
    return true;
  });
  await client.close();
});

Deno.test("where the user's own IRMd does not run, that of the system is asked", async () => {
  await fakeIrmd((method, id) => formatResult(id, { method }), async (path) => {
    const client = new IrmdClient(() => ["/nonexistent/admin.sock", path]);
    assert.deepEqual(await client.call("status", {}), { method: "status" });
    await client.close();
  });
});

Deno.test("without a runtime folder, the reason is said", async () => {
  const client = new IrmdClient(() => {
    throw new AuthError("there is no runtime folder");
  });
  await assert.rejects(
    client.call("status", {}),
    (error) => error instanceof IrmdError && error.message === "there is no runtime folder",
  );
});

/** Root may everything. */
const testAsUser = unless(Deno.uid() === 0 ? "root" : undefined);

testAsUser("a user who may not command is told who may", async () => {
  await fakeIrmd((_method, id) => formatResult(id, {}), async (path) => {
    await Deno.chmod(path, 0);
    const client = new IrmdClient(() => [path]);
    await assert.rejects(client.call("status", {}), (error) => {
      assert(error instanceof PermissionError);
      assert.match(error.message, /admin\.sock.*root.*group "ouroboros"/);
      return true;
    });
  });
});
