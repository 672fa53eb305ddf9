"""Guids as others spell them: with braces or without, in any case, with hyphens or without."""

import re
from typing import Any

GUID = re.compile(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)
PARTS = (8, 4, 4, 4, 12)


def is_guid(text: str) -> bool:
    """Whether a text is a guid and nothing else."""
    return bool(GUID.fullmatch(text))


def to_guid(value: Any) -> str:
    """Return a guid in lower case and with hyphens; empty where the value is none."""
    if not isinstance(value, str) or not is_guid(value.strip()):
        return ""
    digits = iter(re.sub("[{}-]", "", value.strip()).lower())
    return "-".join("".join(next(digits) for _ in range(count)) for count in PARTS)
