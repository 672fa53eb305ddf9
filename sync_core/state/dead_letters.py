"""Dead letters: work that was given up, kept until it is replayed or its cause is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.dead_letter import DeadLetter
from sync_core.state.table import Table, from_row, to_row

PARTITION = "open"


@dataclass(frozen=True)
class DeadLetterStore:
    """Reads and writes dead letters."""

    table: Table

    def record(self, letter: DeadLetter) -> None:
        """Keep a letter; one that is known keeps its first time and counts its attempts on."""
        known = self.table.get(PARTITION, letter.letter_id)
        if known is not None:
            first = from_row(DeadLetter, known.values)
            letter = letter.model_copy(
                update={
                    "first_seen_at": first.first_seen_at,
                    "attempts": first.attempts + letter.attempts,
                    "replays": first.replays,
                    "replayed_at": first.replayed_at,
                }
            )
        self.table.put(to_row(PARTITION, letter.letter_id, letter))

    def load(self, letter: str) -> DeadLetter | None:
        """Return an open letter, or None."""
        found = self.table.get(PARTITION, letter)
        return from_row(DeadLetter, found.values) if found else None

    def note_replay(self, letter_id: str, now: datetime) -> bool:
        """Note that a letter's work is about to go on the queue again; return whether the letter is still open.

        Raises:
            ConflictError: another worker changed the letter meanwhile.
        """
        found = self.table.get(PARTITION, letter_id)
        if found is None:
            return False
        letter = from_row(DeadLetter, found.values)
        replayed = letter.model_copy(update={"replays": letter.replays + 1, "replayed_at": now})
        self.table.replace(to_row(PARTITION, letter_id, replayed), found.etag)
        return True

    def close(self, letter: str) -> None:
        """Drop a letter whose work succeeded."""
        self.table.delete(PARTITION, letter)

    def all(self) -> Iterator[DeadLetter]:
        """Yield the open letters."""
        for row in self.table.rows("PartitionKey eq @partition", {"partition": PARTITION}):
            yield from_row(DeadLetter, row)
