/** Tests of what commands that play scenarios share. @module */
import assert from "node:assert/strict";
import { withRegistries } from "./run_scenario.ts";

Deno.test("what a scenario's plugins do wrong is told by the command that plays it", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => resolve(data);
  const watchdog = new URL(
    `data:text/javascript,onmessage = ({ data }) => data.component && new BroadcastChannel("${name}").postMessage(data.component);`,
  );
  try {
    await withRegistries(
      { builtins: () => Promise.resolve([]), watchdog },
      "ouro lab",
      () => {},
      async (open) => {
        await assert.rejects(open(["none.ts"]), /plugin file none\.ts cannot be loaded/);
        assert.equal(await promise, "ouro lab");
      },
    );
  } finally {
    channel.close();
  }
});
