/**
 * The manual pages: one of each tool, and the overview.
 *
 * @module
 */
import { manualOf } from "../../tools/manual.ts";
import { SHOWN_TOOLS, TOOLS } from "../../tools/table.ts";
import type { LoadTool } from "../../tools/tool.ts";
import { CONFIG_PAGE, configPage } from "../config/page.ts";
import type { Declarations } from "../grammar/parse/plugins.ts";
import { ouroborosPage } from "./irm_pages.ts";

const OVERVIEW = "ouroboros";

/** The names of the pages. */
export const PAGE_NAMES: readonly string[] = [...SHOWN_TOOLS.map(({ word }) => word), CONFIG_PAGE, OVERVIEW];

/** Returns the text of a page, without line end; undefined when there is none of that name. */
export async function manualPage(
  name: string,
  load: LoadTool,
  plugins: () => Promise<Declarations>,
  version: string,
): Promise<string | undefined> {
  if (name === CONFIG_PAGE) return configPage(await plugins(), version);
  const row = TOOLS.find(({ word }) => word === (name === OVERVIEW ? "irmd" : name));
  const tool = row && await load(row.word);
  if (!tool) return undefined;
  if (name === OVERVIEW) return ouroborosPage(tool, await plugins(), version);
  const page = tool.page ? await tool.page(await plugins()) : {};
  return manualOf(tool, row.help, page, version);
}
