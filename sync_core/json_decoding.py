"""Decodes JSON. What is nested deeper than Python reads is no JSON, and no garbage is collected meanwhile.

A collection runs finalizers where it happens, and at the depth of nested JSON they find no stack left and fail; in a
page of 1,000 assets, collections were half of the time. Python decodes in one go, so no other thread misses any.
"""

import gc
import json
from typing import Any


class TooDeepError(ValueError):
    """The JSON is nested deeper than Python reads."""


def decode(text: str | bytes, **how: Any) -> Any:
    """Return the value of a JSON text; `how` as `json.loads` has it.

    Raises:
        TooDeepError: it is nested too deeply.
        ValueError: it is no JSON.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return json.loads(text, **how)
    except RecursionError:
        raise TooDeepError("nested too deeply") from None
    finally:
        if collects:
            gc.enable()


def decode_or_none(text: str | bytes) -> Any:
    """Return the value of a JSON text, or None where it is no JSON."""
    try:
        return decode(text)
    except ValueError:
        return None
