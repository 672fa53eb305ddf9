"""The forms in which people write the webhook's secrets."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_core.lineage.webhook.signatures import is_signed
from sync_core.webhook_secrets import split_secrets
from tests.unit.sync_core.builders import NOW
from tests.unit.sync_core.lineage.webhook.webhook_bench import event, sign_standard

A = "whsec_" + base64.b64encode(b"24 bytes of pure chance!").decode()
B = "whsec_" + base64.b64encode(b"the secret of next month").decode()


@pytest.mark.parametrize(
    ("written", "secrets"),
    [
        (A, [A]),
        (f"v1,{A}", [A]),
        (f'"{A}"', [A]),
        (f"'v1,{A}'", [A]),
        (f"\u201c{A}\u201d", [A]),
        (f"\ufeff{A}\u200b\r\n", [A]),
        (f"{A};{B}", [A, B]),
        (f"{A}\n{B}\n", [A, B]),
        (f"{A}\r\n{B}", [A, B]),
        (f"{A},{B}", [A, B]),
        (f"{A}, {B}", [A, B]),
        (f"{A} {B}", [A, B]),
        (f"v1,{A},v1,{B}", [A, B]),
        (f'"{A}","{B}"', [A, B]),
        (f'"{A};{B}"', [A, B]),
        (f"'{A}'; '{B}'", [A, B]),
        ("new; old", ["new", "old"]),
        ('"new"\n"old"', ["new", "old"]),
        ("an older secret", ["an older secret"]),
        ('"a shared secret, as text"', ["a shared secret, as text"]),
        (f'"one, two"; {A}', ["one, two", A]),
    ],
)
def test_each_form_in_which_people_write_secrets_is_understood(written: str, secrets: list[str]) -> None:
    assert split_secrets(written) == secrets


@pytest.mark.parametrize("written", [f"v1,{A}", f'"{A}"', f"{B},{A}", f"{B}\n{A}"])
def test_what_a_sender_signs_with_the_secret_behind_it_is_taken(written: str) -> None:
    body = event()
    headers = {name.lower(): value for name, value in sign_standard(A, body).items()}
    assert is_signed(headers, body, split_secrets(written), NOW)


@pytest.mark.parametrize(
    "written",
    [
        "new, old",
        f"{A},old",
        f"old,{A}",
        f"{A} old",
        f'"{A}',
        f"{A}'",
        '"new',
        "new\u201d",
        '""',
        f'["{A}"]',
        f'["{A}", "{B}"]',
        '{"secret": "x"}',
        "whsec_",
        "whsec_not base64!",
        "whsec_abc\\n",
        f"{A}...",
        "whsk_" + A.removeprefix("whsec_"),
        "whpk_" + A.removeprefix("whsec_"),
        "one\x00two",
        A.upper(),
        f"WHSEC_{A.removeprefix('whsec_')}",
        f"whsec_{A}",
        f"v1={A}",
        f"`{A}`",
        f"WEBHOOK_SECRETS={A}",
        f"Bearer {A}",
        ";",
        " \n ",
        ",",
    ],
)
def test_what_could_be_meant_in_two_ways_is_refused_and_not_shown(written: str) -> None:
    with pytest.raises(ValueError, match="expected") as refusal:
        split_secrets(written)
    assert A.removeprefix("whsec_")[:8] not in str(refusal.value)


@given(st.binary(min_size=1, max_size=64))
def test_any_key_in_base64_is_understood_in_both_alphabets_and_without_padding(key: bytes) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = "whsec_" + encode(key).decode()
        for written in (text, text.rstrip("=")):
            assert split_secrets(f'"v1,{written}"') == [written]
