/**
 * The tools behind `ouro`: which words there are. A tool is one row here and the module that the row names.
 *
 * @module
 */

/** A tool. */
export interface ToolRow {
  /** The word behind `ouro`. */
  readonly word: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /**
   * Path from the root of the module that tells of it (`TOOL`), without the ending: `.ts` in a checkout, `.js` where
   * bundled.
   */
  readonly module: string;
  /** Path of the module that runs it (`run`), where that is another one. */
  readonly main?: string;
  /** It can be called without `ouro`: there is a link of that name. */
  readonly program?: true;
  /** Started by other programs: lists for users leave it out. */
  readonly internal?: true;
  /** It ends when its work is done, whatever the runtime has still open for it. */
  readonly daemon?: true;
}

/** The tools, in the order of help. */
export const TOOLS: readonly ToolRow[] = [
  {
    word: "irmd",
    help: "the IRM daemon, which manages the names, programs and IPCPs of this system",
    module: "./core/irmd/tool",
    program: true,
    daemon: true,
  },
  { word: "irm", help: "command the IRM daemon", module: "./core/irm/tool", program: true },
  {
    word: "ipcpd",
    help: "an IPCP as a process, started by the IRM daemon",
    module: "./core/ipcp/process/tool",
    main: "./core/ipcp/process/main",
    program: true,
    internal: true,
  },
  {
    word: "plugind",
    help: "third parties' plugins of the IRM daemon as a process, started by it",
    module: "./core/irmd/sandbox/tool",
    internal: true,
  },
  {
    word: "oping",
    help: "measure round trips to a name, or answer them",
    module: "./core/tools/oping/tool",
    main: "./core/tools/oping/main",
    program: true,
  },
  {
    word: "oecho",
    help: "send a greeting to the server named oecho, or be that server",
    module: "./core/tools/oecho/tool",
    main: "./core/tools/oecho/main",
    program: true,
  },
  {
    word: "operf",
    help: "measure what a flow to a name carries, or be the other end",
    module: "./core/tools/operf/tool",
    main: "./core/tools/operf/main",
    program: true,
  },
  {
    word: "ocbr",
    help: "send packets to a name at a constant rate, or count such packets",
    module: "./core/tools/ocbr/tool",
    main: "./core/tools/ocbr/main",
    program: true,
  },
  {
    word: "obc",
    help: "send a message to all members of a broadcast layer, or show such messages",
    module: "./core/tools/obc/tool",
    main: "./core/tools/obc/main",
    program: true,
  },
  {
    word: "ovpn",
    help: "carry IP packets over a flow, between two devices",
    module: "./core/tools/ovpn/tool",
    main: "./core/tools/ovpn/main",
    program: true,
  },
  {
    word: "forward",
    help: "carry TCP, UDP and Unix sockets over flows, by name",
    module: "./core/tools/forward/tool",
    main: "./core/tools/forward/main",
  },
  {
    word: "capture",
    help: "capture what an IPCP or a network device sends and receives",
    module: "./core/tools/capture/tool",
    main: "./core/tools/capture/main",
  },
  {
    word: "impair",
    help: "lose, delay, reorder or damage what an IPCP sends and receives",
    module: "./core/irm/impair/tool",
  },
  {
    word: "sim",
    help: "play a scenario of hosts, layers and traffic in virtual time",
    module: "./core/irm/sim/tool",
    main: "./core/irm/sim/main",
  },
  {
    word: "lab",
    help: "play a scenario with real processes on this host",
    module: "./core/irm/lab/tool",
    main: "./core/irm/lab/main",
  },
  {
    word: "rib",
    help: "list and show what IPCPs know and count, as a tree of files",
    module: "./core/irm/rib/tool",
  },
  {
    word: "doctor",
    help: "look for what keeps things from working, and say what to do",
    module: "./core/irm/doctor/tool",
  },
  {
    word: "plugin",
    help: "begin a plugin, check one, and measure what its calls cost",
    module: "./core/irm/plugin/tool",
    daemon: true,
  },
  {
    word: "plugins",
    help: "list the plugins, their kinds and options",
    module: "./core/irm/ouro/plugins",
  },
  {
    word: "labd",
    help: "the applications of a host of a lab, started by ouro lab",
    module: "./core/irm/lab/app",
    internal: true,
  },
  {
    word: "simd",
    help: "plays runs of a sweep, started by ouro sim",
    module: "./core/irm/sim/worker",
    internal: true,
  },
  { word: "help", help: "show this, or help for a word", module: "./core/irm/ouro/help" },
  { word: "man", help: "show a manual page", module: "./core/irm/ouro/man" },
  {
    word: "completion",
    help: "print completion for a shell: bash, zsh, fish",
    module: "./core/irm/ouro/completion",
  },
];

/** The tools that users see. */
export const SHOWN_TOOLS: readonly ToolRow[] = TOOLS.filter(({ internal }) => !internal);
