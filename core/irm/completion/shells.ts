/**
 * The completion scripts: each asks `ouro __complete` what may stand where the cursor is.
 *
 * @module
 */

import { TOOLS } from "../../tools/table.ts";

/** Programs whose command lines are completed, besides `ouro` itself. */
const PROGRAMS = TOOLS.filter(({ program }) => program).map(({ word }) => word).join(" ");

const BASH = `# Completion of ouro for bash: source <(ouro completion bash)
_ouro_complete() {
  local IFS=$'\\n' line word program=\${COMP_WORDS[0]##*/}
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  words=("\${words[@]//[\\\\\\'\\"]/}")
  [[ $program == ouro ]] || words=("$program" "\${words[@]}")
  COMPREPLY=()
  while read -r line; do
    word=\${line%%$'\\t'*}
    case $line in
      $'\\t'files) compopt -o filenames; COMPREPLY+=($(compgen -f -- "\${words[-1]}")) ;;
      $'\\t'users) COMPREPLY+=($(compgen -u -- "\${words[-1]}")) ;;
      $'\\t'commands) 
        case \${words[-1]} in
          */*) compopt -o filenames; COMPREPLY+=($(compgen -f -- "\${words[-1]}")) ;;
          *) COMPREPLY+=($(compgen -c -- "\${words[-1]}")) ;;
        esac ;;
      ?*) printf -v word %q "$word"; COMPREPLY+=("$word") ;;
    esac
  done < <(ouro __complete "\${words[@]}" 2>/dev/null)
}
complete -F _ouro_complete ouro ${PROGRAMS}
`;

const ZSH = `#compdef ouro ${PROGRAMS}
# Completion of ouro for zsh: source <(ouro completion zsh), or put this into $fpath as _ouro
_ouro() {
  local line program=\${words[1]:t} ret=1
  local -a typed=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}") matches texts
  [[ $program == ouro ]] || typed=("$program" "\${typed[@]}")
  while IFS= read -r line; do
    case $line in
      $'\\t'files) _files && ret=0 ;;
      $'\\t'users) _users && ret=0 ;;
      $'\\t'commands) _command_names -e && ret=0; _files && ret=0 ;;
      ?*) matches+=("\${line%%$'\\t'*}"); texts+=("\${line/$'\\t'/ -- }") ;;
    esac
  done < <(ouro __complete "\${typed[@]}" 2>/dev/null)
  (( \${#matches} )) && compadd -l -d texts -a matches && ret=0
  return ret
}
if [[ \${funcstack[1]} == _ouro ]]; then _ouro "$@"; else compdef _ouro ouro ${PROGRAMS}; fi
`;

const FISH = `# Completion of ouro for fish: ouro completion fish | source
function __ouro_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program (string replace -r '.*/' '' -- $words[1])
    test $program = ouro; and set -e words[1]; or set words[1] $program
    for line in (ouro __complete $words "$typed" 2>/dev/null)
        switch $line
            case \\tfiles
                __fish_complete_path "$typed"
            case \\tusers
                __fish_complete_users
            case \\tcommands
                __fish_complete_command
            case '*'
                echo -- $line
        end
    end
end
for program in ouro ${PROGRAMS}
    complete -c $program -f -a '(__ouro_complete)'
end
`;

/** The scripts by shell. */
export const SHELLS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
