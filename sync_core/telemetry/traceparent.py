"""The W3C trace context as it travels in messages and stands in rows: one text, or nothing.

Source: https://www.w3.org/TR/trace-context/, 3.2. `tracestate` is left behind: it is a vendor's, and has no bound.
"""

import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator

# Version 00, and later ones as far as they begin like it; all zeros is no id, and ff no version.
WELL_FORMED = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def well_formed(value: object) -> str | None:
    """Return a trace context, None for whatever is none: nothing is refused for it."""
    return value if isinstance(value, str) and WELL_FORMED.fullmatch(value) else None


Traceparent: TypeAlias = Annotated[str | None, BeforeValidator(well_formed)]
