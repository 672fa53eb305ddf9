"""Takes long sequences some at a time, as the services and storage want them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item")


@overload
def chunks(items: str, size: int) -> Iterator[str]: ...
@overload
def chunks(items: bytes, size: int) -> Iterator[bytes]: ...
@overload
def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]: ...
def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield so many items at a time; nothing of an empty sequence."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
