"""Takes secrets out of any value of JSON: those that are known, in each spelling, and what looks like one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sync_core.held_secrets import MASK, HeldSecrets
from sync_core.safe_text import mask

NAMED = re.compile(r"(?i)pass(?:word|wd)|secret|(?:access|refresh)_?token|account_?key|connection_?string|signature$")
"""What is called so shows nothing, whatever it holds."""


class Redaction:
    """Masks `secrets`, what this process holds, and what looks like a secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = HeldSecrets(secrets)

    def of(self, value: Any) -> Any:
        """Return a value without secrets."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {self._text(str(name)): self._member(str(name), one) for name, one in value.items()}
            case list() | tuple():
                return [self.of(one) for one in value]
            case _:
                return value

    def _member(self, name: str, value: Any) -> Any:
        return MASK if isinstance(value, str) and value and NAMED.search(name) else self.of(value)

    def _text(self, text: str) -> str:
        return mask(self._known.mask(text))
