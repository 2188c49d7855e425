/**
 * Versions that the product tells.
 *
 * @module
 */
import project from "../deno.json" with { type: "json" };

/** The product's own version. */
export const VERSION: string = project.version;
/** The release of the reference whose formats and words the product speaks. */
export const REFERENCE_VERSION = "0.23.0";
/** What `--version` prints. */
export const VERSION_LINE = `Ouroboros version ${REFERENCE_VERSION} (ouro ${VERSION})`;
