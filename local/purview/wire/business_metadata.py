"""Handlers for business metadata on entities. Source: docs/vendors/purview.md, section 4 "Business metadata"."""

from local.purview.behaviour.access import Right
from local.purview.model import Entity, Json
from local.purview.wire.call import Call


def put(call: Call) -> Json | None:
    """POST entity/guid/{guid}/businessmetadata: by group."""
    call.purview.business_metadata.set(_entity(call), call.object(), call.by, overwrite=call.flag("isOverwrite"))
    return _done(call)


def put_group(call: Call) -> Json | None:
    """POST entity/guid/{guid}/businessmetadata/{group}."""
    call.purview.business_metadata.set(_entity(call), {call.path["group"]: call.object()}, call.by)
    return _done(call)


def remove(call: Call) -> Json | None:
    """DELETE entity/guid/{guid}/businessmetadata: by group."""
    call.purview.business_metadata.remove(_entity(call), call.object(), call.by)
    return _done(call)


def remove_group(call: Call) -> Json | None:
    """DELETE entity/guid/{guid}/businessmetadata/{group}."""
    call.purview.business_metadata.remove(_entity(call), {call.path["group"]: call.object()}, call.by)
    return _done(call)


def _done(call: Call) -> Json | None:
    return {} if call.purview.switches.business_metadata_answer == "empty_object" else None


def _entity(call: Call) -> Entity:
    return call.require_on(Right.WRITE, call.purview.catalog.get_active(call.path["guid"]))
