/** A cleaner of temporary files removes what is in the runtime folder of a running host. @module */
import assert from "node:assert/strict";
import { localHost } from "../support/local_layer.ts";

Deno.test(
  "an IRMd whose files were removed keeps a second one out and puts them back, and servers get their flows",
  async () => {
    await using host = await localHost("svc");
    await host.ok(`irm bind program ${host.programs}/oping name svc`);
    host.spawn(["oping", "--listen"]);
    await host.irmd.waitFor(/accepts flows for:\n.* {8}svc/);
    for await (const { name } of Deno.readDir(host.folder)) {
      if (name !== "bin") await Deno.remove(`${host.folder}/${name}`, { recursive: true });
    }
    const { code, stderr } = await host.run(["irmd", "--stdout"]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`IRMd already running \\(${host.irmd.pid}\\)`));
    await host.irmd.waitFor(/removed files of the runtime folder: they are put back/);
    assert.match(await host.ok("irm name list"), /svc/);
    await host.ok("oping -n svc -c 1 -i 1ms");
  },
);
