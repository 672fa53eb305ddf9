"""Dead letters are told by cause."""

from sync_core.operations.dashboard.causes import DeadLetterRow, group_by_cause
from sync_core.operations.dashboard.next_steps import Next
from tests.unit.sync_core.builders import make_letter


def row(cause: str, cause_class: str = "rejected") -> DeadLetterRow:
    return DeadLetterRow(make_letter(cause, cause_class=cause_class), "", (cause,) if cause else (), Next(""))


def test_one_cause_is_told_once_however_many_things_it_names() -> None:
    one, two = (
        row("CluedIn refused group 'a' (400), see https://x/1."),
        row("CluedIn refused group 'b' (401), see http://y"),
    )
    other, died, empty = row("It has no name."), row("It has no name.", "died"), row("")
    groups = group_by_cause([other, one, died, two, empty])
    assert [(group.cause_class, group.words, len(group.rows)) for group in groups] == [
        ("rejected", "CluedIn refused group … (…), see …", 2),
        ("rejected", "It has no name.", 1),
        ("died", "It has no name.", 1),
        ("rejected", "", 1),
    ]


def test_ids_are_of_one_thing_only() -> None:
    groups = group_by_cause([row("Data set 925268ec-8908-44e2-8d0c-d83fe50937d0 is gone."), row("Data set 1 is gone.")])
    assert [group.words for group in groups] == ["Data set … is gone."]
