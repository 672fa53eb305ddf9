"""What keeps a record of a run small, whatever the run met: some thousand types, or names without an end."""

from collections.abc import Mapping, Sequence

MOST_COUNTS = 100
LONGEST_COUNT = 120
MOST_NOTES = 50
LONGEST_NOTE = 500
OF_A_GROUP = ": "  # stands in the name of a count that is one of many alike, e.g. `left out: column, a column`


def bounded_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts, those of a group that are too many together as one, the largest ones kept."""
    cut: dict[str, int] = {}
    for name, count in counts.items():
        cut[name[:LONGEST_COUNT]] = cut.get(name[:LONGEST_COUNT], 0) + count
    alike = sorted((name for name in cut if OF_A_GROUP in name), key=lambda name: (-cut[name], name))
    room = max(MOST_COUNTS - (len(cut) - len(alike)), 0)
    too_many = alike[room:]
    kept = {name: count for name, count in cut.items() if name not in set(too_many)}
    for name in too_many:
        others = f"{name.partition(OF_A_GROUP)[0]}: others"
        kept[others] = kept.get(others, 0) + cut[name]
    return kept


def bounded_notes(notes: Sequence[str]) -> list[str]:
    """Return the first notes, none of them endless, and how many more there were."""
    kept = [note[:LONGEST_NOTE] for note in notes[:MOST_NOTES]]
    return kept if len(notes) <= MOST_NOTES else [*kept, f"There were {len(notes) - MOST_NOTES} more notes."]
