/** A ring of two hosts of ours and one of the reference, whose cables are cut one after the other. @module */
import assert from "node:assert/strict";
import { interop } from "./interop.ts";
import type { MixedHosts } from "./mixed_hosts.ts";

const PACKETS = 400;
/** Those of a second and a half may get lost: the kernel tells of a lost carrier once a second. */
const LOST = 150;

/** Pings while a device of a host goes down. */
async function survives(
  hosts: MixedHosts,
  [from, name]: readonly [string, string],
  [host, device]: readonly [string, string],
): Promise<void> {
  await hosts.pinged(from, name);
  await hosts.settled();
  const ping = await hosts.pinging(from, name, `-c ${PACKETS} -i 10ms`);
  await hosts.net.ip(host, `link set ${device} down`);
  const { stdout } = await ping.ended;
  const [, received] = new RegExp(`${PACKETS} packets transmitted, (\\d+) received`).exec(stdout) ?? [];
  assert(
    Number(received) >= PACKETS - LOST,
    `${name} from ${from}: ${stdout.split("\n").slice(-5).join("\n")}`,
  );
}

const scene = { ours: "ab", theirs: "c", cables: ["ab", "bc", "ca"] };

interop("a ring goes on when cables are cut", scene, async (hosts) => {
  const layers = {
    ab: await hosts.layerOver("ab", "eth-dix", 1),
    bc: await hosts.layerOver("bc", "eth-dix", 2),
    ca: await hosts.layerOver("ca", "eth-llc", 3),
  };
  // Of the reference's policies only this one looks at flows that are down.
  await hosts.first("a", { [layers.ab]: 1, [layers.ca]: 3 }, "routing lfa ls_t_recalc 1");
  await hosts.join("b", "a", { [layers.ab]: 1, [layers.bc]: 2 });
  await hosts.join("c", "b", { [layers.bc]: 2, [layers.ca]: 3 });
  await hosts.connect("c", "a");
  await hosts.serve("b", "ours", "net");
  await hosts.serve("c", "theirs", "net");
  await survives(hosts, ["a", "ours"], ["a", "to-b"]);
  await hosts.net.ip("a", "link set to-b up");
  for (const letter of "ab") await hosts.hasWays(letter, 2, 2);
  // The reference sees its own end go down; that of the other end it would not see (quirk 20 of shims).
  await survives(hosts, ["a", "theirs"], ["c", "to-a"]);
  await hosts.pinged("c", "ours");
});
