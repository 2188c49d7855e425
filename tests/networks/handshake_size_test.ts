/** Keys and certificates that a layer cannot carry: both ends are told at once, and told what to do. @module */
import assert from "node:assert/strict";
import { testWithHosts } from "../support/namespaces.ts";
import { connect, MessageSizeError, type Ouroboros, type SecurityOptions } from "../../mod.ts";
import { libcryptoBackend } from "../../core/os/crypto/libcrypto.ts";
import { authority } from "../support/certificates.ts";
import { NetworkedHosts } from "../support/networked_hosts.ts";

// The library stays loaded: not as a leak of the first test.
libcryptoBackend();

const SERVER = new URL("../support/echo_server.ts", import.meta.url).pathname;

/** Allocates a flow; gives its cipher. */
async function allocated(
  client: Ouroboros,
  name: string,
  security: SecurityOptions,
): Promise<string | undefined> {
  await using flow = await client.allocate(name, { security });
  return flow.security.cipher;
}

testWithHosts(
  "an allocation that is too large fails with its size and with what is smaller, on a cable and above it",
  async () => {
    await using hosts = await NetworkedHosts.start("ab", ["ab"]);
    const cable = await hosts.layerOver("ab", "eth-dix");
    await hosts.first("a", [cable]);
    await hosts.join("b", "a", [cable]);
    const [client, server] = [hosts.on("a"), hosts.on("b")];
    const { issue, certificate } = await authority();
    await client.secure("cacert/ca.pem", certificate);
    const echo = server.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
    await echo.waitFor(/ready/);
    for (const [name, layer] of [["low", cable], ["high", "net"]]) {
      await server.ok(`irm bind process ${echo.pid} name ${name}`);
      await server.ok(`irm name register ${name} layer ${layer}`);
      await using ouro = await connect({ runtimeFolder: client.folder });
      assert.equal(await allocated(ouro, name, { keyExchange: "X25519MLKEM768" }), "aes-256-gcm");
      await assert.rejects(allocated(ouro, name, { keyExchange: "X448MLKEM1024" }), (thrown) => {
        return thrown instanceof MessageSizeError &&
          /\d+ bytes too long for .* \(it has 1660 bytes: a certificate with Ed25519 or P-256 and/.test(
            thrown.message,
          );
      });
      const own = await issue(name);
      await server.secure(`server/${name}/crt.pem`, own.certificate);
      await server.secure(`server/${name}/key.pem`, own.privateKey);
      assert.equal(await allocated(ouro, name, { keyExchange: "X25519" }), "aes-256-gcm");
      await assert.rejects(allocated(ouro, name, { keyExchange: "X25519MLKEM768" }), (thrown) => {
        return thrown instanceof MessageSizeError &&
          /its answer is too large for this layer/.test(thrown.message);
      });
      await server.irmd.waitFor(new RegExp(`Flow for ${name} not given: .* too long for .* P-256`));
    }
  },
);
