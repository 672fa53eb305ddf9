"""Dead letters: work that was given up, kept until it is replayed or its cause is gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sync_core.domain.dead_letter import UNKNOWN_ASSET, DeadLetter
from sync_core.domain.unreadable import Unreadable
from sync_core.state.rows import changes, from_row, read_each, readable, to_row, whole_row
from sync_core.state.table import Table

PARTITION = "open"


@dataclass(frozen=True)
class DeadLetterStore:
    """Reads and writes dead letters."""

    table: Table

    def record(self, letter: DeadLetter) -> bool:
        """Keep a letter; one that is known keeps its first time and counts its attempts on.

        Return whether it is news: a replay that died of the same class of cause is none.
        """
        is_news = True
        known = self.table.get(PARTITION, letter.letter_id)
        for first in readable(DeadLetter, [known.values] if known else []):
            is_news = not first.replays or first.cause_class != letter.cause_class
            letter = letter.model_copy(
                update={
                    "first_seen_at": first.first_seen_at,
                    "attempts": first.attempts + letter.attempts,
                    "replays": first.replays,
                    "replayed_at": first.replayed_at,
                }
            )
        self.table.merge(whole_row(PARTITION, letter.letter_id, letter))
        return is_news

    def load(self, letter_id: str) -> DeadLetter | None:
        """Return a letter, also one that was set aside, or None."""
        found = self.table.get(PARTITION, letter_id)
        return from_row(DeadLetter, found.values) if found else None

    def note_replay(self, letter_id: str, now: datetime) -> bool:
        """Note that a letter's work is about to go on the queue again; return whether there still is such a letter.

        One that was set aside is open again.

        Raises:
            ConflictError: another worker changed the letter meanwhile.
        """
        found = self.table.get(PARTITION, letter_id)
        if found is None:
            return False
        letter = from_row(DeadLetter, found.values)
        update = {"replays": letter.replays + 1, "replayed_at": now, "set_aside_at": None}
        open_again = to_row(PARTITION, letter_id, letter.model_copy(update=update))
        self.table.update(changes(to_row(PARTITION, letter_id, letter), open_again), found.etag)
        return True

    def set_aside(self, letter: DeadLetter, now: datetime) -> None:
        """Note that a person does not want a letter's work any more: it is shown and replayed no longer."""
        self.table.merge(whole_row(PARTITION, letter.letter_id, letter.model_copy(update={"set_aside_at": now})))

    def close(self, letter_id: str) -> None:
        """Drop a letter whose work succeeded."""
        self.table.delete(PARTITION, letter_id)

    def forget_unknown_assets_before(self, moment: datetime) -> int:
        """Drop letters of assets that were not recorded, last seen before a moment; return how many.

        Nothing is lost with them: discovery records each asset that is tagged, whether there is a letter or not.
        """
        query = "PartitionKey eq @partition and cause_class eq @cause_class and last_seen_at lt @moment"
        bounds = {"partition": PARTITION, "cause_class": UNKNOWN_ASSET, "moment": moment.isoformat()}
        letter_ids = [str(row["RowKey"]) for row in self.table.rows(query, bounds, select=["RowKey"])]
        for letter_id in letter_ids:
            self.close(letter_id)
        return len(letter_ids)

    def ids(self) -> set[str]:
        """Return the ids of all letters, those that were set aside included; reads nothing else of them."""
        rows = self.table.rows("PartitionKey eq @partition", {"partition": PARTITION}, select=["RowKey"])
        return {str(row["RowKey"]) for row in rows}

    def all(self) -> Iterator[DeadLetter]:
        """Yield the open letters that can be read."""
        return (letter for _, letter in self.each() if isinstance(letter, DeadLetter))

    def each(self) -> Iterator[tuple[str, DeadLetter | Unreadable]]:
        """Yield the open letters with their ids, and what cannot be read: it may be one."""
        for row in self.table.rows("PartitionKey eq @partition", {"partition": PARTITION}):
            for letter in read_each(DeadLetter, [row]):
                if isinstance(letter, Unreadable) or letter.set_aside_at is None:
                    yield row["RowKey"], letter
