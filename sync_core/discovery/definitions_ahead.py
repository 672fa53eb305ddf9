"""Reads the definitions of several types at once: a catalog has dozens, and each is a request.

What an answer says, or that it failed, counts for one look, just as if it had been asked for then.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync_core.chunks import chunks
from sync_core.errors import SyncError
from sync_core.parallel import AT_ONCE, in_parallel
from sync_core.purview.wire import EntityType

Answer = EntityType | SyncError | None


@dataclass(frozen=True)
class DefinitionsAhead:
    """Asks by `read`, which returns a definition, or None where there is no such type."""

    read: Callable[[str], EntityType | None]
    _answers: dict[str, Answer] = field(default_factory=dict)

    @contextmanager
    def of(self, names: Sequence[str], has_time: Callable[[], bool]) -> Iterator[None]:
        """Ask for these, some at once, while there is time; the answers are kept for the block only."""
        try:
            for some in chunks(names, AT_ONCE) if len(names) > 1 else ():
                self._answers.update(in_parallel(self._ask, some) if has_time() else ())
            yield
        finally:
            self._answers.clear()

    def fetch(self, name: str) -> EntityType | None:
        """Return the answer that was read ahead, once, else ask.

        Raises:
            SyncError: what asking raised.
        """
        if name not in self._answers:
            return self.read(name)
        answer = self._answers.pop(name)
        if isinstance(answer, SyncError):
            raise answer
        return answer

    def _ask(self, name: str) -> Answer:
        try:
            return self.read(name)
        except SyncError as error:
            return error
