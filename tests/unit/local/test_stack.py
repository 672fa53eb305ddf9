import base64

from local.stack import WEBHOOK_SECRET


def test_the_laptops_webhook_secret_serves_both_signature_schemes() -> None:
    assert base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"), validate=True)
