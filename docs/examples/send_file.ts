/**
 * Sends a file to whoever accepts flows for a name, and makes sure that it has arrived as it is:
 *
 *     deno run -A send_file.ts NAME FILE
 *
 * @module
 */
import { createHash } from "node:crypto";
import { allocate, QOS } from "../../mod.ts";

const [name, path] = Deno.args;
if (path === undefined) {
  console.error("usage: send_file.ts NAME FILE");
  Deno.exit(1);
}

// In order, nothing lost, and each packet with a checksum.
await using flow = await allocate(name, { qos: { ...QOS.data, ber: 0 } });

const sha256 = createHash("sha256");
const hashing = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array>({
  transform(bytes, out) {
    sha256.update(bytes);
    out.enqueue(bytes);
  },
});
const file = await Deno.open(path);
// The stream cuts the bytes into packets, waits for a slow reader, and tells the other end where the file ends.
await file.readable.pipeThrough(hashing).pipeTo(flow.stream().writable);

// The other end answers with what it has got.
const digest = sha256.digest("hex");
const answer = new TextDecoder().decode(await flow.read());
if (answer === digest) console.log(`sent ${path}, SHA-256 ${digest}`);
else {
  console.error(`${path} has SHA-256 ${digest}; ${name} has got ${answer}`);
  Deno.exitCode = 1;
}
