"""Roles are granted in the same estate that the app works on."""

from tests.kit.stage import cluedin, identity, new_estate, purview

__all__ = ["cluedin", "identity", "new_estate", "purview"]
