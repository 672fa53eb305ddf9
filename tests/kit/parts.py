"""The app with some of its parts replaced, as a test wants them."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar, cast

from sync_core.app import App

AnyApp = TypeVar("AnyApp", bound=App)


def with_parts(app: AnyApp, **parts: Any) -> AnyApp:
    """Return an app like this one with these parts in place of its own; all that is built from parts is built anew."""
    unknown = [name for name in parts if not hasattr(type(app), name)]
    assert not unknown, f"The app has no such parts: {unknown}"
    kind = type(type(app).__name__, (type(app),), {name: property(_giving(part)) for name, part in parts.items()})
    return cast("AnyApp", kind(**{each.name: getattr(app, each.name) for each in fields(app)}))


def _giving(part: Any) -> Callable[[App], Any]:
    return lambda _: part
