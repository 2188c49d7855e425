/**
 * Loaded before an IRMd, shifts its clock of the day: by as many milliseconds as stand in the file that the environment names. The
 * clock of the machine, which others use, stays as it is.
 *
 * @module
 */

/** Name of the variable with the path of the file. */
export const CLOCK_FILE = "OURO_SOAK_CLOCK";
/** Milliseconds between two looks at the file. */
const LOOK = 100;

const path = Deno.env.get(CLOCK_FILE);
if (path !== undefined) {
  const wall = Date.now.bind(Date);
  let shift = 0;
  let looked = -Infinity;
  Date.now = () => {
    const now = wall();
    if (Math.abs(now - looked) > LOOK) {
      looked = now;
      shift = Number(Deno.readTextFileSync(path));
    }
    return now + shift;
  };
}
