"""How bash, zsh and fish are told what completes a word; imported only when a shell asks.

Click's own scripts take `key=value` and `kind:name` for several words in bash, add a space after `key=`, and cut a
description at its first comma in fish.
"""

from __future__ import annotations

import os
from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

PROGRAM = "moagraph"
VARIABLE = "_MOAGRAPH_COMPLETE"

_BASH = """\
%(complete_func)s() {
    local response kind value
    response=$(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
    COMPREPLY=()
    while IFS=',' read -r kind value; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            more) COMPREPLY+=("$value"); compopt -o nospace ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain more described response
    local kind value about
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete ${words[1]} 2>/dev/null)}")
    for kind value about in ${response}; do
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            more) more+=("$value") ;;
            plain)
                if [[ $about == "_" ]]; then
                    plain+=("$value")
                else
                    described+=("${value}:${about}")
                fi ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#plain )) && compadd -U -V unsorted -a plain
    (( $#more )) && compadd -U -S '' -V unsorted -a more
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \\
        COMP_CWORD=(commandline -t) %(prog_name)s 2>/dev/null)
    for completion in $response
        set -l parts (string split -m 1 "," -- $completion)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain more
                echo $parts[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    """Bash, which cuts words at `=` and `:`: what it has of a word already is not given again."""

    source_template = _BASH

    def source(self) -> str:
        """Gives the script, for whichever bash."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Gives the words before the one that is being typed, and that one, whole."""
        line = os.environ["COMP_LINE"]
        typed = split_arg_string(line)[1:]
        if line[-1:].isspace() or not typed:
            return typed, ""
        return typed[:-1], typed[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Gives an item without the part of the word that ends in the last mark at which bash cuts."""
        _, typed = self.get_completion_args()
        marks = [i for i, c in enumerate(typed) if c in "=:" and c in os.environ.get("COMP_BREAKS", "=:")]
        start = typed[: marks[-1] + 1] if marks else ""
        value = str(item.value)
        return f"{item.type},{value[len(start) :] if value.casefold().startswith(start.casefold()) else value}"


class Zsh(ZshComplete):
    """Zsh."""

    source_template = _ZSH


class Fish(FishComplete):
    """Fish."""

    source_template = _FISH


def register() -> None:
    """Lets our scripts answer in place of click's."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell)


def script(shell: str) -> str:
    """Gives the script for a shell."""
    from moagraph.cli.commands import cli

    made: ShellComplete = {"bash": Bash, "zsh": Zsh, "fish": Fish}[shell](cli, {}, PROGRAM, VARIABLE)
    return made.source()
