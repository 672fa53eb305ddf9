"""All that is secret in the settings, so that it can be looked for in whatever is told."""

from collections.abc import Iterator

from sync_core.operations.bundle.redact import parts_of_address, parts_of_connection
from sync_core.settings import Settings


def secrets_of(settings: Settings) -> Iterator[str]:
    """Yield each secret, and those parts of it that open something for themselves."""
    for secret in (settings.cluedin_access_token, settings.cluedin_password, *settings.webhook_secrets):
        if secret:
            text = secret.get_secret_value()
            yield text
            yield text.removeprefix("whsec_")
    for url in settings.notify_urls:
        yield from parts_of_address(url.get_secret_value())
    if settings.storage_connection_string:
        yield from parts_of_connection(settings.storage_connection_string.get_secret_value())
