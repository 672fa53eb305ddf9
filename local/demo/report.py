"""What the demonstration says: headings, tables, and a PASS or FAIL line for each thing it promised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

_NARROWEST = 10
# Where the output is a file or a pipe there is no width to keep to.
_PIPE_WIDTH = 170


def make_console() -> Console:
    """Print to stdout: as wide as the terminal, or as wide as the tables need."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def shorten(text: str, length: int) -> str:
    """Leave out the middle of a long text: qualified names differ at their ends."""
    tail = length * 2 // 3
    return text if len(text) <= length else f"{text[: length - tail - 1]}…{text[-tail:]}"


@dataclass
class Report:
    """Prints, and remembers whether anything failed."""

    console: Console = field(default_factory=make_console)
    failures: list[str] = field(default_factory=list)
    checks: int = 0

    @property
    def passed(self) -> bool:
        """Whether there were checks and none failed."""
        return self.checks > 0 and not self.failures

    def begin(self, title: str) -> None:
        """Start a step."""
        self.console.print()
        self.console.rule(f"[bold]{escape(title)}", align="left")

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(escape(text), soft_wrap=True)

    def show(self, drawing: RenderableType) -> None:
        """Print a drawing."""
        self.console.print(drawing)

    def check(self, sentence: str, *, holds: bool, detail: object = "") -> None:
        """Print PASS or FAIL; the detail says what was found."""
        self.checks += 1
        if not holds:
            self.failures.append(sentence)
        mark = "[green]PASS[/green]" if holds else "[bold red]FAIL[/bold red]"
        found = f" [dim]({escape(str(detail))})[/dim]" if detail != "" else ""
        self.console.print(f"{mark} {escape(sentence)}{found}", soft_wrap=True)

    def show_table(self, title: str, columns: Mapping[str, int], rows: Sequence[Sequence[object]]) -> None:
        """Print rows; `columns` are headings with the number of characters they may take."""
        table = Table(title=title, title_justify="left", header_style="bold")
        for heading, length in columns.items():
            table.add_column(heading, no_wrap=True, overflow="ellipsis", min_width=min(length, _NARROWEST))
        for row in rows:
            table.add_row(
                *(escape(shorten(str(cell), length)) for cell, length in zip(row, columns.values(), strict=True))
            )
        self.console.print(table)

    def finish(self) -> None:
        """Print the sum."""
        self.console.print()
        if self.passed:
            self.console.print(f"[bold green]PASS[/bold green] all {self.checks} checks hold")
            return
        self.console.print(f"[bold red]FAIL[/bold red] {len(self.failures)} of {self.checks} checks do not hold")
