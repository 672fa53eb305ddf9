"""Tells terms apart that look alike: each is called with what only it has."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sync_core.discovery.terms.targets import Target, split_key
from sync_core.spelling import normalized, peculiarities


def tell_apart(names: Mapping[str, str], details: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what people call terms, by key; those that look alike with how they are written, `details`, and the id.

    `term Tag@Finance` and another one become `term Tag@Finance (below term 1f0c, id 9a31)` and so on.
    """
    alike = Counter(map(_look, names.values()))
    return {
        key: name if alike[_look(name)] == 1 else f"{name} ({', '.join(_differences(key, name, details.get(key, ())))})"
        for key, name in names.items()
    }


def details_of(targets: Sequence[Target], domains: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what the catalog's targets have beside their names, by key: a parent, a domain of several of its name."""
    shared = {name for name, count in Counter(domains.values()).items() if count > 1}
    return {
        target.key: [
            *([f"below term {target.parent_id}"] if target.parent_id else []),
            *([f"in domain {target.place_id}"] if target.place in shared else []),
        ]
        for target in targets
    }


def _look(name: str) -> str:
    return re.sub(" ?@ ?", "@", normalized(name))


def _differences(key: str, name: str, details: Sequence[str]) -> Iterator[str]:
    for part in name.rsplit("@", 1):
        yield from peculiarities(part)
    yield from details
    target = split_key(key)
    yield f"id {target[1] if target else key}"
