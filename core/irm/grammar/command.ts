/**
 * The form of the table that describes every command. Parsing, errors, output, help, manual pages and completion all
 * come from it.
 *
 * @module
 */
import type { OptionDeclaration } from "../../contract/options.ts";
import type { IpcpAbility, PluginDeclaration } from "../../contract/plugin.ts";
import type { Environment, Machine, Output } from "../../tools/environment.ts";

/** What a value is: decides how it is checked, which word help shows and what completion offers. */
export type ValueKind =
  | "name"
  | "ipcp"
  | "layer"
  | "type"
  | "destination"
  | "component"
  | "qos"
  | "balancing"
  | "program"
  | "user"
  | "pid"
  | "file"
  | "format"
  | "prefix"
  | "part"
  | "choice"
  | "setting"
  | "option";

/** A keyword of a command; without `value` it is a flag. */
export interface Keyword {
  /** The word. Any prefix of it is an abbreviation. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The word that help shows, where it is not {@link name}. */
  readonly shown?: string;
  /** Has no abbreviations. */
  readonly exact?: boolean;
  /** Where it stands when words are matched, for commands that plugins add words to; without it: last. */
  readonly position?: number;
  /** Field of the request that it fills; `a.b` is field b of the object a. */
  readonly field: string;
  readonly value?: ValueKind;
  readonly required?: boolean;
  /** May be given up to this many times, else once; the field is a list. */
  readonly most?: number;
  /** The values that a choice has. */
  readonly choices?: readonly string[];
  /** Reads the value of a setting. @throws InvalidError */
  readonly read?: (text: string) => unknown;
  /** What happens without it, for help. */
  readonly default?: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** What a type must be able to do to be of use here. */
  readonly ability?: IpcpAbility;
  /** Says how the result is shown; the IRMd does not get it. */
  readonly local?: boolean;
  /** The declaration, for the option of a plugin. */
  readonly option?: OptionDeclaration;
}

/** Parameters of a request, by field. */
export type Params = Readonly<Record<string, unknown>>;

/** What a command line asks the IRMd. */
export interface Request {
  readonly kind: "request";
  readonly command: Command;
  readonly method: string;
  readonly params: Params;
  /** How the result is shown, by field: `as`. */
  readonly shown: Params;
  /** Odd, but no fault. */
  readonly warnings: readonly string[];
}

/** A command: one request to the IRMd. */
export interface Command {
  readonly word: string;
  /** All its words, such as `irm ipcp create`. */
  readonly path: string;
  /** Method of the request (docs/local-protocol.md §2.3). */
  readonly method: string;
  /** One line of help, without full stop. */
  readonly help: string;
  /** What the manual page says, in whole sentences. */
  readonly about: string;
  readonly examples: readonly string[];
  /** In the order in which words are matched. */
  readonly keywords: readonly Keyword[];
  /** The keyword whose value comes first, without the word. */
  readonly first?: Keyword;
  /** Its own word is a keyword, too: `bind program P name N`. */
  readonly keepsWord?: boolean;
  /** Fields of which at least one must be filled. */
  readonly oneOf?: readonly string[];
  /** Field that takes all words after `--`. */
  readonly rest?: string;
  /** The options of plugins are keywords, too. */
  readonly takesOptions?: boolean;
  /** Fields that are sent when no keyword fills them. */
  readonly defaults?: Params;
  /** What is wrong with parameters that are right one by one, in a sentence. */
  readonly check?: (params: Params) => string | undefined;
  /** Makes what the IRMd is asked with, such as absolute paths, of what was given. */
  readonly prepare?: (params: Params, machine: Machine) => Promise<Params>;
  /** Prints the result of the IRMd and gives the exit status; without it, success is silent. */
  readonly print?: (result: unknown, request: Request, output: Output) => number;
  /** Carries it out, where that is more than one request, and gives the exit status; `plugins` gives those that there are. */
  readonly run?: (
    environment: Environment,
    plugins: () => Promise<readonly PluginDeclaration[]>,
  ) => Promise<number>;
  /** Begins the message when the IRMd refuses. */
  readonly failure?: string;
  /** Form of an older release: works, help does not list it. */
  readonly old?: boolean;
}

/** A level of the tree of commands. */
export interface Group {
  readonly word: string;
  readonly path: string;
  readonly help: string;
  /** In the order in which words are matched. */
  readonly children: readonly (Group | Command)[];
}

/** Tells the two kinds of nodes apart. */
export const isGroup = (node: Group | Command): node is Group => "children" in node;
