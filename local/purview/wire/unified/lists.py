"""Pages: by `skip` and `top`, or by token. Source: docs/vendors/unified-catalog.md, section 1."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from local.purview.model import Json
from local.purview.unified.errors import invalid
from local.purview.unified.model import Concept, Status, Thing
from local.purview.wire.call import Call

DEFAULT_TOP = 100
T = TypeVar("T")
C = TypeVar("C", bound=Thing)
_FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": lambda thing: thing.name.lower(),
    "createdat": lambda thing: thing.created_at,
    "lastmodifiedat": lambda thing: thing.modified_at,
}


def cut(call: Call, body: Json, items: Sequence[T], write: Callable[[T], Json]) -> Json:
    """One page; `skip` and `top` stand in the query, or in the body of a query operation."""
    skip = _number(call.text("skipToken") or call.text("skip") or body.get("skip"), 0)
    top = _number(call.text("top") or body.get("top"), DEFAULT_TOP)
    end = skip + min(top, call.purview.switches.unified_top_cap or top)
    page: Json = {"value": [write(item) for item in items[skip:end]]}
    if call.purview.switches.unified_list_count:
        page["count"] = len(items)
    how = call.purview.switches.unified_next_link
    if how != "absent" and end < len(items):
        following = {"skip": end, "top": top} if how == "url" else {"skipToken": end}
        page["nextLink"] = _link(call, **following)
    return page


def cut_by_token(call: Call, parameter: str, items: Sequence[T]) -> tuple[Sequence[T], str]:
    """One page, and the token of the next, empty on the last."""
    start = _number(call.text(parameter), 0)
    end = start + call.purview.switches.unified_token_page_size
    return items[start:end], str(end) if end < len(items) else ""


def list_by_token(call: Call, items: Sequence[T], write: Callable[[T], Json]) -> Json:
    """A list with a link to the next page that holds `$skipToken`."""
    page, token = cut_by_token(call, "$skipToken", items)
    listed: Json = {"value": [write(item) for item in page]}
    return listed | {"nextLink": _link(call, **{"$skipToken": token})} if token else listed


def order(items: Sequence[C], given: object) -> list[C]:
    """Sorted as `[{"field", "direction"}]` says; by name otherwise, as nothing is documented."""
    ordered = sorted(items, key=lambda item: (item.name.lower(), item.id))
    rules = given if isinstance(given, list) else []
    for rule in reversed(rules):
        key = _FIELDS.get(str(rule.get("field", "")).lower())
        if key is None:
            raise invalid(f"Cannot order by {rule.get('field')!r}.")
        ordered.sort(key=key, reverse=str(rule.get("direction", "asc")).lower().startswith("desc"))
    return ordered


def has_name(call: Call, thing: Thing, keyword: object) -> bool:
    """Does a thing's name match the keyword, as is switched? Cases do not count."""
    if not keyword:
        return True
    name, wanted = thing.name.lower(), str(keyword).lower()
    match call.purview.switches.unified_name_keyword:
        case "exact":
            return name == wanted
        case "prefix":
            return name.startswith(wanted)
        case _:
            return wanted in name


def has_status(call: Call, concept: Concept, wanted: Sequence[object]) -> bool:
    """Does a status fit the filter? One in the wrong case finds nothing."""
    if not wanted:
        return True
    match call.purview.switches.unified_filter_case:
        case "any":
            return concept.status in {str(each).upper() for each in wanted}
        case "upper":
            return concept.status in wanted
        case _:
            return concept.status.title() in wanted


def write_status(call: Call, status: Status) -> str:
    """In the case that is switched."""
    return status.title() if call.purview.switches.unified_status_case == "title" else str(status)


def write_origin(thing: Thing) -> Json:
    """`systemData`."""
    return {
        "createdAt": write_time(thing.created_at),
        "createdBy": thing.created_by,
        "lastModifiedAt": write_time(thing.modified_at),
        "lastModifiedBy": thing.modified_by,
    }


def write_time(moment: datetime) -> str:
    """ISO 8601 with milliseconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _link(call: Call, **parameters: object) -> str:
    version = {"api-version": call.text("api-version")} if call.text("api-version") else {}
    kept = {name: value for name, value in call.query.items() if name not in {"skip", "top", "skipToken", "$skipToken"}}
    return f"{call.url}?{urlencode({**kept, **version, **parameters})}"


def _number(given: object, default: int) -> int:
    if given is None or given == "":
        return default
    try:
        number = int(str(given))
    except ValueError as error:
        raise invalid(f"{given!r} is no number.") from error
    if number < 0:
        raise invalid(f"{number} is negative.")
    return number
