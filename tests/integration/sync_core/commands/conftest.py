"""The commands work on the same estate as the flows."""

from tests.integration.sync_core.flows.conftest import (
    cluedin,
    cluedin_url,
    fresh_storage,
    new_estate,
    purview,
    services,
)

__all__ = ["cluedin", "cluedin_url", "fresh_storage", "new_estate", "purview", "services"]
