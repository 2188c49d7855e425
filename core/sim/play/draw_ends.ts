/**
 * Between which hosts a flow of a scenario goes.
 *
 * @module
 */
import type { ScenarioFlow } from "../scenario/scenario.ts";

/**
 * Returns the two ends of one of the flows of a table: hosts take turns, or are drawn where the scenario leaves them open.
 *
 * @param index which of the flows it is
 * @param members hosts that may be drawn
 */
export function drawEnds(
  { from, to }: Pick<ScenarioFlow, "from" | "to">,
  index: number,
  members: readonly number[],
  random: { below(bound: number): number },
): [number, number] {
  const any = () => members[random.below(members.length)];
  let [one, other] = [from[index % from.length] ?? any(), to[index % to.length] ?? any()];
  while (one === other) {
    if (from.length === 0) one = any();
    else other = any();
  }
  return [one, other];
}
