"""Route templates of HTTP triggers: `webhooks/{name}/{id:int}/{*rest}`, matched ignoring case like ASP.NET does."""

import re
from collections.abc import Collection, Mapping

_PARAMETER = re.compile(r"\{(?P<star>\*{0,2})(?P<name>\w+)(?::(?P<constraint>\w+))?(?P<optional>\?)?\}")
_CONSTRAINTS = {
    None: "[^/]+",
    "alpha": "(?-i:[A-Za-z]+)",
    "int": r"-?\d+",
    "guid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}

_RESERVED = ("admin", "runtime")


class RouteError(ValueError):
    """A route template that this host does not understand."""


class Route:
    """One template; `parameter_count` orders templates, the fewer the more exact."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.parameter_count = len(_PARAMETER.findall(template))
        self._pattern = re.compile(_to_pattern(template), re.IGNORECASE)

    def match(self, path: str) -> dict[str, str] | None:
        """Return the route parameters of a decoded path without slashes around it, None when it does not match."""
        found = self._pattern.fullmatch(path)
        return None if found is None else {name: value for name, value in found.groupdict("").items() if value}


def find_conflict(route: str, methods: Collection[str], taken: Mapping[str, tuple[str, Collection[str]]]) -> str | None:
    """Say why a function's own route cannot be used; `taken` are the routes and methods of other functions, by name.

    Source: azure-functions-host ScriptHost.ValidateHttpFunction.
    """
    own = route.strip("/").lower()
    if own.startswith(_RESERVED):
        return "The specified route conflicts with one or more built in routes."
    for name, (other, other_methods) in taken.items():
        is_same = other.strip("/").lower() == own
        if is_same and (not methods or not other_methods or set(methods) & set(other_methods)):
            return f"The route specified conflicts with the route defined by function '{name}'."
    return None


def _to_pattern(template: str) -> str:
    return "".join(_to_segment_pattern(segment, i == 0) for i, segment in enumerate(template.strip("/").split("/")))


def _to_segment_pattern(segment: str, is_first: bool) -> str:  # noqa: FBT001 - where the slash goes
    slash = "" if is_first else "/"
    found = _PARAMETER.fullmatch(segment)
    if found is None:
        if "{" in segment or "}" in segment:
            raise RouteError(f"the local host takes one whole parameter per segment, not {segment!r}")
        return slash + re.escape(segment)
    if found["constraint"] not in _CONSTRAINTS:
        raise RouteError(f"the local host does not know the route constraint {found['constraint']!r}")
    if found["star"]:
        return f"(?:{slash}(?P<{found['name']}>.*))?"
    pattern = f"{slash}(?P<{found['name']}>{_CONSTRAINTS[found['constraint']]})"
    return f"(?:{pattern})?" if found["optional"] else pattern
