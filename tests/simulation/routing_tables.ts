/**
 * What the routing policies are good for, in tables: `deno task sim routing`.
 *
 * @module
 */
import { loseLinks } from "./lost_links.ts";
import { sharePaths } from "./shared_paths.ts";

/** The routing policies. */
const POLICIES = ["link_state", "lfa", "ecmp"] as const;
const SEEDS = [1];
/** Milliseconds of a link's delay. */
const DELAY = 0.1;

/** Measures what is lost when links go, and puts it into a table. */
export async function lossTable(): Promise<string> {
  const lines = [
    "| routing | links that went | alternate at the link's end: sent / lost | none, but another way: sent / lost | last loss (ms after the link) |",
    "| --- | ---: | ---: | ---: | ---: |",
  ];
  for (const routing of POLICIES) {
    const { links, covered, others, last } = await loseLinks(routing, DELAY, SEEDS);
    const cells = [`${covered.sent} / ${covered.lost}`, `${others.sent} / ${others.lost}`, last.toFixed(0)];
    lines.push(`| \`${routing}\` | ${links} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

/** Measures how flows share equal paths, and puts it into a table. */
export async function pathTable(): Promise<string> {
  const lines = [
    "| routing | packets over each of 4 equal paths | flows out of order | flows with losses |",
    "| --- | ---: | ---: | ---: |",
  ];
  for (const routing of POLICIES) {
    const { packets, disordered, incomplete } = await sharePaths(routing);
    lines.push(`| \`${routing}\` | ${packets.join(" / ")} | ${disordered} | ${incomplete} |`);
  }
  return lines.join("\n");
}
