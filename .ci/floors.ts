/**
 * The floors of the house, from the ground up: a room imports rooms of its own floor and of those below it.
 *
 * @module
 */

/** Rooms by floor; a room is a folder of `core/` or `plugins/`, or a file that stands alone. */
export const FLOORS: readonly (readonly string[])[] = [
  ["core/contract", "core/version.ts"],
  ["core/kit"],
  ["core/wire"],
  ["core/frct", "core/registry", "core/security"],
  ["core/os"],
  ["core/flow"],
  ["core/tools"],
  ["core/ipcp"],
  ["core/irmd", "core/sim", "core/conformance"],
  ["core/irm"],
  ["plugins"],
  ["main.ts", "mod.ts"],
];

/** Returns the floor of a file; -1 when it is in none of the rooms. */
export const floorOf = (path: string): number =>
  FLOORS.findIndex((rooms) => rooms.some((room) => path === room || path.startsWith(`${room}/`)));
