"""The query of a request as the host sees it. Measured with host 4.1037."""

from starlette.requests import Request


def read_query(request: Request) -> dict[str, str]:
    """Return names and values: empty values are dropped, names that differ by case only are one."""
    names: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if value:
            values.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return {name: ",".join(found) for name, found in values.items()}
