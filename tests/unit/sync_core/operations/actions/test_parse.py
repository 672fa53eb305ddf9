"""What `POST actions` takes for an action, and by which field it refuses all else."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sync_core.absence.approval import ApprovalKind
from sync_core.errors import RejectedError
from sync_core.operations.actions.action import Action, Approve, Close, Replay, Resync
from sync_core.operations.actions.parse import HOLDER, Person, parse_json

OPENAPI = Path(__file__).parents[5] / "docs" / "openapi.yaml"
DESCRIBED: dict[str, Any] = {"components": yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))["components"]}
DATA_SET = "9F0C6F4E-3D2A-4a53-9d43-0B2A5C6D7E8F"


def parse(**members: Any) -> Action:
    return parse_json(json.dumps({"by": "Ada", **members}).encode())[0]


@pytest.mark.parametrize(
    ("members", "action"),
    [
        ({"action": "replay", "id": "unreadable-0a1b"}, Replay(id="unreadable-0a1b")),
        ({"action": "replay", "all": True}, Replay(all=True)),
        ({"action": "replay", "cause": "not_found"}, Replay(cause="not_found")),
        ({"action": "close", "id": "0a1b"}, Close(id="0a1b")),
        (
            {"action": "approve", "kind": "retirement", "number": 40},
            Approve(kind=ApprovalKind.RETIREMENT, number=40, hours=24),
        ),
        (
            {"action": "approve", "kind": "retirement", "number": 1, "hours": 0.5},
            Approve(kind=ApprovalKind.RETIREMENT, number=1, hours=0.5),
        ),
        ({"action": "resync", "asset": " Account.csv "}, Resync(asset="Account.csv")),
        ({"action": "resync", "dataSet": f"{{{DATA_SET}}}"}, Resync(data_set=DATA_SET.lower())),
    ],
)
def test_each_action_is_taken_as_it_is_documented(members: dict[str, Any], action: Action) -> None:
    assert parse(**members) == action


@pytest.mark.parametrize("value", ["5", 5, 5.0, 5.5, True, None, 0, -1, 10**9, 10**10, 10**400, 1e300, [5], {}])
@pytest.mark.parametrize(
    ("schema", "members"),
    [
        ("Approve", {"action": "approve", "kind": "retirement", "number": ...}),
        ("Approve", {"action": "approve", "kind": "retirement", "number": 1, "hours": ...}),
        ("Approve", {"action": "approve", "kind": ..., "number": 1}),
        ("Replay", {"action": "replay", "all": ...}),
        ("Replay", {"action": "replay", "id": ...}),
        ("Replay", {"action": "replay", "cause": ...}),
        ("Close", {"action": "close", "id": ...}),
        ("Close", {"action": "close", "id": "a", "by": ...}),
        ("Resync", {"action": "resync", "asset": ...}),
    ],
)
def test_a_value_of_another_type_is_taken_just_where_the_description_takes_it(
    schema: str, members: dict[str, Any], value: Any
) -> None:
    sent = {name: value if one is ... else one for name, one in members.items()}
    try:
        parse_json(json.dumps(sent).encode())
    except RejectedError:
        is_taken = False
    else:
        is_taken = True
    described = {**DESCRIBED, "$ref": f"#/components/schemas/{schema}"}
    assert is_taken is jsonschema_rs.is_valid(described, sent)


@pytest.mark.parametrize(
    ("value", "found"),
    [("5", "text"), (True, "a boolean"), (None, "null"), (2.5, "another number"), (-1, "another number")],
)
def test_a_number_that_is_none_is_told_with_what_was_expected(value: Any, found: str) -> None:
    with pytest.raises(RejectedError) as refused:
        parse(action="approve", kind="retirement", number=value)
    assert str(refused.value) == f"number: Expected a whole number from 1 to 1000000000, found {found}."


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({}, "action"),
        ({"action": "delete"}, "action"),
        ({"action": ["replay"]}, "action"),
        ({"action": "replay"}, "id"),
        ({"action": "replay", "all": False}, "all"),
        ({"action": "replay", "id": "a", "all": True}, "all"),
        ({"action": "replay", "id": "a", "cause": "config"}, "cause"),
        ({"action": "replay", "id": "../a"}, "id"),
        ({"action": "replay", "id": ""}, "id"),
        ({"action": "replay", "id": 7}, "id"),
        ({"action": "replay", "cause": "a\nb"}, "cause"),
        ({"action": "close"}, "id"),
        ({"action": "close", "id": "a", "all": True}, "all"),
        ({"action": "approve", "number": 3}, "kind"),
        ({"action": "approve", "kind": "everything", "number": 3}, "kind"),
        ({"action": "approve", "kind": "retirement"}, "number"),
        ({"action": "approve", "kind": "retirement", "number": 0}, "number"),
        ({"action": "approve", "kind": "retirement", "number": 2.5}, "number"),
        ({"action": "approve", "kind": "retirement", "number": True}, "number"),
        ({"action": "approve", "kind": "retirement", "number": 1e300}, "number"),
        ({"action": "approve", "kind": "retirement", "number": "5"}, "number"),
        ({"action": "approve", "kind": "retirement", "number": None}, "number"),
        ({"action": "approve", "kind": "retirement", "number": -1}, "number"),
        ({"action": "approve", "kind": "retirement", "number": 10**400}, "number"),
        ({"action": "approve", "kind": "retirement", "number": [5]}, "number"),
        ({"action": "approve", "kind": 5, "number": 3}, "kind"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": "24"}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": True}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": None}, "hours"),
        ({"action": "replay", "all": 1}, "all"),
        ({"action": "replay", "all": "true"}, "all"),
        ({"action": "replay", "all": True, "id": None}, "id"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": 0}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": float("nan")}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": float("inf")}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hours": 1001}, "hours"),
        ({"action": "approve", "kind": "retirement", "number": 3, "hour": 2}, "hour"),
        ({"action": "resync"}, "asset"),
        ({"action": "resync", "asset": "  "}, "asset"),
        ({"action": "resync", "asset": "a" * 4097}, "asset"),
        ({"action": "resync", "asset": "a", "dataSet": DATA_SET}, "dataSet"),
        ({"action": "resync", "dataSet": "Customers.csv"}, "dataSet"),
        ({"action": "resync", "dataSet": 7}, "dataSet"),
        ({"action": "resync", "data_set": DATA_SET}, "data_set"),
        ({"action": "resync", "asset": 5}, "asset"),
        ({"action": "close", "id": "a", "by": None}, "by"),
        ({"action": "close", "id": "a", "by": " \n "}, "by"),
        ({"action": "close", "id": "a", "by": "a" * 201}, "by"),
        ({"action": "close", "id": "a", "by": {"name": "Ada"}}, "by"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(members: dict[str, Any], field: str) -> None:
    with pytest.raises(RejectedError) as refused:
        parse(**members)
    assert refused.value.code == field
    assert str(refused.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"[]", b"7", b'"replay"', b"\xff\xfe\x00", b"[" * 60_000),
        b'{"action": "close", "id": "a", "by": "\\ud800"}',
    ],
)
def test_what_is_no_json_object_is_refused_as_body(body: bytes) -> None:
    with pytest.raises(RejectedError) as refused:
        parse_json(body)
    assert refused.value.code == "body"


@given(
    st.binary()
    | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_whatever_is_sent_is_an_action_or_refused(body: bytes) -> None:
    with pytest.raises(RejectedError):
        parse_json(body)


def test_a_byte_order_mark_is_no_part_of_the_body() -> None:
    assert parse_json(b"\xef\xbb\xbf" + b'{"action": "close", "id": "a", "by": "Ada"}')[0] == Close(id="a")


def test_with_a_key_whoever_acts_says_who_it_is() -> None:
    _, by = parse_json(b'{"action": "close", "id": "a", "by": " Ada \\n Lovelace "}')
    assert by == Person("Ada Lovelace")


def test_whoever_is_signed_in_acts_under_no_other_name() -> None:
    signed_in = Person("ada@example.com", is_signed_in=True)
    for by in ("null", '"Grace"', "7"):
        body = f'{{"action": "close", "id": "a", "by": {by}}}'.encode()
        assert parse_json(body, signed_in)[1] == signed_in


def test_a_program_that_gives_no_name_is_a_holder_of_the_key() -> None:
    assert parse_json(b'{"action": "close", "id": "a"}')[1].name == HOLDER
