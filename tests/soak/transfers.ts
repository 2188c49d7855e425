/**
 * Large transfers over reliable flows between two hosts whose paths lose, reorder, duplicate and damage packets, both ways. Prints
 * times; needs root, for the hosts.
 *
 * @module
 */
import { BAD_PATH, transfer, type TransferResult } from "../support/reliable_transfer.ts";

const MEBIBYTE = 1024 * 1024;

/** Runs so many seeds of so many MiB; false when one of them did not arrive as it was. */
export async function transfers(seeds = 10, mebibytes = 1024): Promise<boolean> {
  let same = true;
  const bytes = mebibytes * MEBIBYTE;
  console.log(
    `${mebibytes} MiB over udp4 in packets of 1400 B; each way ${BAD_PATH}.

| seed | arrived as it was | seconds | Mb/s | lost there, back |
| ---: | ----------------- | ------: | ---: | ---------------: |`,
  );
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await transfer({ type: "udp4", bytes, seed, impairment: BAD_PATH });
    console.log(row(seed, result));
    same &&= result.same;
  }
  if (!same) console.error("A transfer did not arrive as it was sent.");
  return same;
}

function row(seed: number, { same, bytes, seconds, lost }: TransferResult): string {
  const rate = 8 * bytes / seconds / 1e6;
  return `| ${seed} | ${same ? "yes" : "NO"} | ${seconds.toFixed(1)} | ${rate.toFixed(0)} | ${
    lost.join(", ")
  } |`;
}
