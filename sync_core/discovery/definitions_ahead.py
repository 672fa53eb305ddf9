"""Reads the definitions of several types at once: a catalog has dozens, and each is a request.

What an answer says, or that it failed, counts for one look, just as if it had been asked for then.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync_core.errors import SyncError
from sync_core.parallel import AT_ONCE, in_parallel
from sync_core.purview.wire import EntityType

Answer = EntityType | SyncError | None


@dataclass(frozen=True)
class DefinitionsAhead:
    """Asks by `read`, which returns a definition, or None where there is no such type."""

    read: Callable[[str], EntityType | None]
    _wanted: list[str] = field(default_factory=list)
    _answers: dict[str, Answer] = field(default_factory=dict)

    @contextmanager
    def wanting(self, names: Sequence[str]) -> Iterator[None]:
        """In the block these are asked about, in about this order: with one of them, the next ones are asked for, too.

        Only some at once, so that the first ones are weighed before time is spent on the others.
        """
        self._wanted.extend(names)
        try:
            yield
        finally:
            self._wanted.clear()
            self._answers.clear()

    def fetch(self, name: str) -> EntityType | None:
        """Return the answer that was read ahead, once, else ask.

        Raises:
            SyncError: what asking raised.
        """
        if name in self._wanted:
            start = self._wanted.index(name)
            self._answers.update(in_parallel(self._ask, self._wanted[start : start + AT_ONCE]))
            del self._wanted[start : start + AT_ONCE]
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
