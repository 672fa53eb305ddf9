"""Saves a policy that others save, too: who was overtaken reads it anew and tries again."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sync_core.errors import AlreadyExistsError, OvertakenError

TRIES = 3
Policy = TypeVar("Policy")


def save_policy(
    policy: Policy, read: Callable[[], Policy], save: Callable[[Policy], None], is_saved: Callable[[Policy], bool]
) -> bool:
    """Save a policy until it shows what it was saved for; return whether it does. `save` takes it as it was read.

    It is read back after each try: another administrator may have saved an older one over it.
    """
    for _ in range(TRIES):
        with suppress(AlreadyExistsError, OvertakenError):
            save(policy)
        policy = read()
        if is_saved(policy):
            return True
    return False
