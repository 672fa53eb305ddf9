"""Handlers for type definitions. Source: docs/vendors/purview.md, section 4."""

from collections.abc import Iterable

from local.purview.behaviour.access import Right
from local.purview.behaviour.typedefs import output_definition
from local.purview.behaviour.types import SECTIONS
from local.purview.model import Json
from local.purview.wire.call import Call, Handler


def list_all(call: Call) -> Json:
    """GET types/typedefs; `type` may narrow it to one category."""
    wanted = (call.text("type") or "").upper()
    return _sections(call, (each for each in call.purview.types if wanted in ("", each["category"])))


def list_headers(call: Call) -> list[Json]:
    """GET types/typedefs/headers."""
    keys = ("guid", "name", "category", "serviceType", "lastModifiedTS")
    return [{key: each[key] for key in keys if key in each} for each in call.purview.types]


def by_name(category: str | None) -> Handler:
    """GET types/{category}def/name/{name}."""
    return lambda call: output_definition(call.purview.types.get(call.path["name"], category), call.purview.types)


def by_guid(category: str | None) -> Handler:
    """GET types/{category}def/guid/{guid}."""
    return lambda call: output_definition(
        call.purview.types.get_by_guid(call.path["guid"], category), call.purview.types
    )


def create(call: Call) -> Json:
    """POST types/typedefs."""
    _require_curator(call)
    strict = call.purview.switches.relationship_ends_registered_before
    return _sections(call, call.purview.typedefs.create(call.object(), call.by, ends_registered_before=strict))


def update(call: Call) -> Json:
    """PUT types/typedefs."""
    _require_curator(call)
    return _sections(call, call.purview.typedefs.update(call.object(), call.by))


def delete_by_name(call: Call) -> None:
    """DELETE types/typedef/name/{name}."""
    _require_curator(call)
    call.purview.typedefs.delete([call.path["name"]])


def bulk_delete(call: Call) -> None:
    """DELETE types/typedefs."""
    _require_curator(call)
    body = call.object()
    call.purview.typedefs.delete([each["name"] for section in SECTIONS for each in body.get(section) or []])


def _require_curator(call: Call) -> None:
    """Where the role must sit is not published: on the root, unless switched.

    Source: docs/vendors/purview.md, section 6.
    """
    purview = call.purview
    anywhere = purview.switches.typedef_role == "anywhere"
    if not (anywhere and purview.access.may_anywhere(call.caller, Right.WRITE)):
        call.require(Right.WRITE)


def _sections(call: Call, definitions: Iterable[Json]) -> Json:
    sections: dict[str, list[Json]] = {section: [] for section in SECTIONS}
    names = {category: section for section, category in SECTIONS.items()}
    for definition in definitions:
        sections[names[definition["category"]]].append(output_definition(definition, call.purview.types))
    return sections
