"""A body is read as far as somebody needs it: one id, and the sender's own."""

import pytest

from sync_core.errors import RejectedError
from sync_core.lineage.webhook.body import DeliveryBody, parse_body

ID = "7f0c1a52-6f0b-4a29-9a51-0f6b7a6e6b11"


@pytest.mark.parametrize("depth", [900, 1500, 10_000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("[", "]"), ('{"a": ', "}"), ('[{"dataSetId": "x", "b": ', "}]"), ('["]}", "\\"[{", ', "]")],
)
@pytest.mark.parametrize("order", [1, -1])
def test_nobody_reads_what_else_a_body_holds_however_deep_it_is(
    depth: int, opening: str, closing: str, order: int
) -> None:
    depth = min(depth, 60_000 // len(opening + closing))
    nested = f'"event": {opening * depth}0{closing * depth}'
    members = [f'"dataSetId": "{ID}"', nested, '"eventId": "msg [1]"'][::order]
    assert parse_body(f"{{{', '.join(members)}}}".encode()) == DeliveryBody(ID, "msg [1]")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"dataSetId": ' + "[" * 5000 + "]" * 5000 + "}", "dataSetId"),
        ('{"event": ' + "[" * 5000 + "]" * 5000 + "}", "dataSetId"),
        ("[" * 5000 + "]" * 5000, "body"),
        (f'{{"dataSetId": "{ID}", "event": ' + "[" * 5000, "body"),
        (f'{{"dataSetId": "{ID}", "event": ' + "[" * 5000 + "]" * 4999 + "}", "body"),
        (f'{{"dataSetId": "{ID}", "event": ' + "[" * 5000 + "]" * 5000 + "}}", "body"),
    ],
)
def test_a_deep_body_that_names_no_data_set_or_is_cut_off_is_refused(body: str, field: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_body(body.encode())
    assert caught.value.code == field


@pytest.mark.parametrize(
    "body",
    [
        f'\ufeff\ufeff{{"dataSetId": "{ID}"}}'.encode(),
        f'\ufeff\ufeff{{"dataSetId": "{ID}"}}'.encode("utf-16"),
        f'\r\n \ufeff{{"dataSetId": "{ID}"}}\x00\n'.encode(),
        f'{{"dataSetId": "{ID}", "event": "two\nlines\tand \x01"}}'.encode(),
        f'{{"dataSetId": "{ID}", "event": "two\nlines", "deep": {"[" * 5000}{"]" * 5000}}}'.encode(),
    ],
    ids=["two marks", "two marks in UTF-16", "blanks before the mark", "a line break in a text", "and deep"],
)
def test_what_stands_around_a_body_and_line_breaks_in_its_texts_refuse_nothing(body: bytes) -> None:
    assert parse_body(body).data_set_id == ID
