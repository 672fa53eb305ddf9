"""Shell completion: `python -m sync_core` is no word of its own, so the shell learns the name `sync-core` for it."""

import shlex
import sys
from enum import StrEnum

from typer.completion import completion_init  # type: ignore[attr-defined]  # what `add_completion` calls

VARIABLE = "_SYNC_CORE_COMPLETE"
NAME = "sync-core"
BASH = """\
{name}() {{ {python} -m sync_core "$@"; }}
_sync_core_complete() {{
    local IFS=$'\\n'
    COMPREPLY=( $(env COMP_WORDS="${{COMP_WORDS[*]}}" COMP_CWORD=$COMP_CWORD {variable}=complete_bash \\
        {python} -m sync_core) )
}}
complete -o default -F _sync_core_complete {name}
"""
ZSH = """\
{name}() {{ {python} -m sync_core "$@"; }}
_sync_core_complete() {{
    eval $(env _TYPER_COMPLETE_ARGS="${{words[1,$CURRENT]}}" {variable}=complete_zsh {python} -m sync_core)
}}
compdef _sync_core_complete {name}
"""
FISH = """\
function {name}; {python} -m sync_core $argv; end
complete --command {name} --no-files --arguments "(env {variable}=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
_TYPER_COMPLETE_ARGS=(commandline -cp) {python} -m sync_core)" --condition "env {variable}=complete_fish \
_TYPER_COMPLETE_FISH_ACTION=is-args _TYPER_COMPLETE_ARGS=(commandline -cp) {python} -m sync_core"
"""

POWERSHELL = """\
function {name} {{ & {python} -m sync_core @args }}
Register-ArgumentCompleter -Native -CommandName {name} -ScriptBlock {{
    param($wordToComplete, $commandAst, $cursorPosition)
    $Env:{variable} = "complete_powershell"
    $Env:_TYPER_COMPLETE_ARGS = $commandAst.ToString()
    $Env:_TYPER_COMPLETE_WORD_TO_COMPLETE = $wordToComplete
    & {python} -m sync_core | ForEach-Object {{
        $word, $help = $_ -Split ":::", 2
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', "$help ")
    }}
    $Env:{variable} = $Env:_TYPER_COMPLETE_ARGS = $Env:_TYPER_COMPLETE_WORD_TO_COMPLETE = ""
}}
"""
"""What helps may not be empty there, so a space follows it."""


class Shell(StrEnum):
    """The shells that can be told."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


def prepare() -> None:
    """Let the program answer what a shell asks while somebody types."""
    completion_init()


def script_for(shell: Shell) -> str:
    """Return what a shell has to evaluate."""
    script = {Shell.BASH: BASH, Shell.ZSH: ZSH, Shell.FISH: FISH, Shell.POWERSHELL: POWERSHELL}[shell]
    return script.format(name=NAME, python=_quoted(sys.executable, shell), variable=VARIABLE)


def _quoted(path: str, shell: Shell) -> str:
    """Return a path as the shell takes it for one word; PowerShell doubles an apostrophe."""
    return "'" + path.replace("'", "''") + "'" if shell is Shell.POWERSHELL else shlex.quote(path)
