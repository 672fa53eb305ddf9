"""What the demonstration says: headings, tables, and a PASS or FAIL line for each thing it promised."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass
class Report:
    """Prints, and remembers whether anything failed."""

    console: Console = field(default_factory=Console)
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
        self.console.print(escape(text))

    def check(self, sentence: str, *, holds: bool, detail: object = "") -> None:
        """Print PASS or FAIL; the detail says what was found."""
        self.checks += 1
        if not holds:
            self.failures.append(sentence)
        mark = "[green]PASS[/green]" if holds else "[bold red]FAIL[/bold red]"
        found = f" [dim]({escape(str(detail))})[/dim]" if detail != "" else ""
        self.console.print(f"{mark} {escape(sentence)}{found}")

    def show_table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print rows."""
        table = Table(title=title, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self.console.print(table)

    def finish(self) -> None:
        """Print the sum."""
        self.console.print()
        if self.passed:
            self.console.print(f"[bold green]PASS[/bold green] all {self.checks} checks hold")
            return
        self.console.print(f"[bold red]FAIL[/bold red] {len(self.failures)} of {self.checks} checks do not hold")
