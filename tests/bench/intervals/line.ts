/**
 * Round trips over a line of members on one host: so many IPCPs are on the way.
 *
 * @module
 */
import { pingTimes } from "../../support/ping_times.ts";
import { UnicastHost } from "../../support/unicast_layer.ts";

/**
 * Returns the times of packets from the first to the last member and back, in microseconds.
 *
 * @param interval milliseconds between two packets
 * @throws Error when the packets did not take the whole way
 */
export async function roundTripsOfLine(members: number, interval: number, count: number): Promise<number[]> {
  await using layer = await UnicastHost.start({ logToFile: true });
  await layer.line(...Array.from({ length: members }, (_, index) => `m${index}`));
  await layer.pinged();
  const middle = `m${members >> 1}`;
  const before = sentBy(await layer.stats(middle));
  const { stdout } = await layer.host.run(`oping -n svc -c ${count} -i ${interval}ms`);
  const sent = sentBy(await layer.stats(middle)) - before;
  if (sent < 2 * count) throw new Error(`${middle} has sent ${sent} packets, not ${2 * count} or more`);
  return pingTimes(stdout);
}

/** Packets that a member has sent to its neighbours. */
function sentBy(stats: Record<string, Record<string, unknown>>): number {
  let sum = 0;
  JSON.stringify(stats.unicast["data transfer"], (key, value) => {
    if (key === "sent") sum += value.packets;
    return value;
  });
  return sum;
}
