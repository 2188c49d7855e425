/**
 * The options of `irmd`, for its usage, its manual page and completion.
 *
 * @module
 */

/** An option of the daemon. */
export interface DaemonOption {
  readonly long: string;
  /** What stands behind it; without it, the option is a flag. */
  readonly value?: string;
  /** One line of help, without full stop. */
  readonly help: string;
}

/** The options of `irmd`. */
export const DAEMON_OPTIONS: readonly DaemonOption[] = [
  { long: "--stdout", help: "log to standard output instead of the system log" },
  { long: "--config", value: "file", help: "read this configuration file (TOML)" },
  { long: "--plugin", value: "file", help: "load the plugins of this module; may be repeated" },
  { long: "--version", help: "print the version and exit" },
  { long: "--help", help: "print the usage and exit" },
];
