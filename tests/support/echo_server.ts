/**
 * A program that echoes the packets of one flow after the other, and says what it knows of their security. Its operand: the options
 * of `accept` for security, in JSON.
 *
 * @module
 */
import { accept } from "../../mod.ts";

const security = Deno.args.length > 0 ? JSON.parse(Deno.args[0]) : undefined;
console.log("ready");
for (;;) {
  await using flow = await accept({ security });
  const { cipher, peer } = flow.security;
  console.log(`flow ${cipher ?? "clear"} ${peer?.name ?? "anonymous"}`);
  for await (const packet of flow) await flow.write(packet);
}
