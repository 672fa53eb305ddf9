"""Roles are granted in the same estate that the app works on."""

from tests.integration.sync_core.conftest import (
    cluedin,
    cluedin_url,
    fresh_storage,
    new_estate,
    purview,
    services,
)

__all__ = ["cluedin", "cluedin_url", "fresh_storage", "new_estate", "purview", "services"]
