/**
 * The part of the manual page of `ouro sim` that lists the keys of a scenario.
 *
 * @module
 */
import { TABLES } from "../../sim/scenario/keys.ts";
import { bold, fill, heading, item, plain, subheading } from "../../tools/roff.ts";
import type { Page } from "../../tools/tool.ts";

/** What the page has beside what the tool tells. */
export const SIM_PAGE: Page = {
  sections: [
    heading("scenarios"),
    ...fill(
      plain(
        "A scenario is a file in TOML. Times, rates and parts are texts with a unit: 10ms, 5s, 100Mb, 1%.",
      ),
    ),
    ...Object.entries(TABLES).flatMap(([table, { help, keys }]) => [
      subheading(table === "" ? "before the first table" : table),
      ...fill(plain(`${help[0].toUpperCase()}${help.slice(1)}.`)),
      ...Object.values(keys).flatMap(({ word, is, help }) =>
        item(`${bold(word)} (${plain(is)})`, plain(help))
      ),
    ]),
  ],
};
