"""What whoever is at work wants for each request that it makes: to show that it lives first, and to end in time.

It holds for all that is called inside the block, so that no loop over remote calls can forget it. Work that is shared
with other threads is asked for without it: another thread's claim is not ours to lose.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_wanted: ContextVar[tuple[Callable[[], object], ...]] = ContextVar("before_each_request", default=())
_is_about_one: ContextVar[bool] = ContextVar("is_about_one_thing", default=False)


@contextmanager
def before_each_request(do: Callable[[], object]) -> Iterator[None]:
    """Call this before each attempt of each request that is made in the block, beside what is called already.

    What it raises ends the request unsent, and is not tried again.
    """
    token = _wanted.set((*_wanted.get(), do))
    try:
        yield
    finally:
        _wanted.reset(token)


@contextmanager
def on_behalf_of_all() -> Iterator[None]:
    """Ask for nothing before the requests of this block: their outcome is shared by many."""
    wanted, about_one = _wanted.set(()), _is_about_one.set(False)
    try:
        yield
    finally:
        _wanted.reset(wanted)
        _is_about_one.reset(about_one)


@contextmanager
def about_one_thing() -> Iterator[None]:
    """Ask about something that failed before, alone: a request to slow down is an answer about it, not to all of us."""
    token = _is_about_one.set(True)
    try:
        yield
    finally:
        _is_about_one.reset(token)


@contextmanager
def about_the_service() -> Iterator[None]:
    """Ask how the service is, also amid questions about one thing: a request to slow down is one to all of us."""
    token = _is_about_one.set(False)
    try:
        yield
    finally:
        _is_about_one.reset(token)


def is_about_one_thing() -> bool:
    """Whether a request of now is about such a thing."""
    return _is_about_one.get()


def begin_request() -> None:
    """Do what is wanted. Raises what that raises."""
    for do in _wanted.get():
        do()
