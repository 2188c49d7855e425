/** Tests of the namespaces that tests make: hosts reach each other over cables and a switch. @module */
import assert from "node:assert/strict";
import { command, Namespaces, testWithHosts } from "./namespaces.ts";

async function reaches(net: Namespaces, from: string, address: string): Promise<boolean> {
  const script = `
    const listener = Deno.listenDatagram({ transport: "udp", hostname: "${address}", port: 0 });`;
  const [program, ...args] = [...net.on(from), Deno.execPath(), "eval", "--unstable-net", script];
  return (await new Deno.Command(program, { args, stderr: "null" }).output()).success;
}

testWithHosts(
  "hosts have the addresses of their cables and of no others, and nothing is left behind",
  async () => {
    let enter: readonly string[];
    {
      await using net = new Namespaces();
      await net.add("a", "b", "c");
      enter = net.on("a");
      await net.cable("a", "b");
      await net.switched(["b", "c"], 9000);
      assert.equal(await reaches(net, "b", Namespaces.ip4("b", 2)), true);
      assert.equal(await reaches(net, "b", Namespaces.ip6("b", 1)), true);
      assert.equal(await reaches(net, "c", Namespaces.ip4("b", 2)), false);
      assert.match(await net.ip("c", "link show eth0"), /mtu 9000/);
      assert.match(await net.ip("a", "link show to-b"), /state UP/);
      assert.equal(await command(...enter, "id", "-u"), "0\n");
    }
    await assert.rejects(command(...enter, "id", "-u"), /No such file or directory/);
  },
);
