import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from sync_core.lineage.webhook.signatures import is_id_signed, is_signed
from tests.unit.sync_core.builders import NOW
from tests.unit.sync_core.lineage.webhook.webhook_bench import event, sign_hex, sign_standard

BODY = event(eventId="evt_1")
BASE64 = "whsec_" + base64.b64encode(b"24 bytes of pure chance!").decode()


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=200))
def test_the_hex_hmac_counts_whatever_bytes_are_signed(key: bytes, body: bytes) -> None:
    secret = key.hex()

    assert is_signed(lower(sign_hex(secret, body)), body, [secret], NOW)
    assert not is_signed(lower(sign_hex(secret, body + b"x")), body, [secret], NOW)


@given(st.binary(min_size=1, max_size=64))
def test_what_the_library_signs_is_recognised_with_and_without_the_secrets_prefix(key: bytes) -> None:
    text = base64.b64encode(key).decode()

    for secret in (text, f"whsec_{text}", text.rstrip("=")):
        assert is_signed(lower(sign_standard(f"whsec_{text}", BODY)), BODY, [secret], NOW)


@pytest.mark.parametrize("end", ["", "=="])
def test_a_secret_may_be_base64_in_the_alphabet_of_urls(end: str) -> None:
    key = b"\xfb\xef\xbe\xff" * 4
    secret = "whsec_" + base64.urlsafe_b64encode(key).decode().rstrip("=") + end

    assert set("-_") <= set(secret.removeprefix("whsec_"))
    assert is_signed(lower(sign_standard(base64.b64encode(key).decode(), BODY)), BODY, [secret], NOW)


def test_a_secret_that_is_plain_text_may_also_be_the_key_of_standard_webhooks() -> None:
    secret = "not base64, just text!"
    signature = Webhook(secret.encode()).sign("msg_1", NOW, BODY.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())), "webhook-signature": signature}

    assert is_signed(headers, BODY, [secret], NOW)


def test_only_standard_webhooks_signs_the_id() -> None:
    assert is_id_signed(lower(sign_standard(BASE64, BODY)), BODY, [BASE64], NOW)
    assert not is_id_signed(lower(sign_hex(BASE64, BODY)), BODY, [BASE64], NOW)


def test_an_id_beside_a_hex_signature_is_not_signed_even_if_its_own_signature_is_there_but_wrong() -> None:
    headers = lower(sign_standard(BASE64, BODY) | sign_hex(BASE64, BODY)) | {"webhook-id": "msg_2"}

    assert is_signed(headers, BODY, [BASE64], NOW)
    assert not is_id_signed(headers, BODY, [BASE64], NOW)


@pytest.mark.parametrize("secrets", [[], ["another"], ["another", "and another"]])
def test_without_the_right_secret_nothing_is_signed(secrets: list[str]) -> None:
    assert not is_signed(lower(sign_standard(BASE64, BODY) | sign_hex(BASE64, BODY)), BODY, secrets, NOW)


def test_another_spelling_of_the_signed_time_was_not_signed() -> None:
    headers = lower(sign_standard(BASE64, BODY))
    assert is_signed(headers, BODY, [BASE64], NOW)
    assert not is_signed({**headers, "webhook-timestamp": headers["webhook-timestamp"] + ".5"}, BODY, [BASE64], NOW)
