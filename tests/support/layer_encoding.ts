/** How daemons with the built-in plugins write and read the configuration of a layer. @module */
import type { LayerConfiguration } from "../../core/contract/membership.ts";
import {
  decodeLayerConfiguration,
  encodeLayerConfiguration,
  type LayerEncoding,
} from "../../core/wire/layer/layer_config.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { UNICAST_PART } from "../../plugins/unicast/configuration_part.ts";

/** The built-in plugins, with the part of unicast layers. */
export const ENCODING: LayerEncoding = {
  policies: (kind) =>
    BUILTINS.map(({ declaration }) => declaration).filter((declaration) => declaration.kind === kind),
  part: UNICAST_PART,
};

/** The bytes of a configuration. */
export const encoded = (configuration: LayerConfiguration): Uint8Array =>
  encodeLayerConfiguration(configuration, ENCODING);

/** The configuration in some bytes. */
export const decoded = (bytes: Uint8Array): LayerConfiguration => decodeLayerConfiguration(bytes, ENCODING);
