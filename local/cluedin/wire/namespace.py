"""A namespace of the organization's GraphQL schema: each operation in it checks the caller first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ariadne import ObjectType

from local.cluedin.errors import forbidden, unauthorized
from local.cluedin.store import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLResolveInfo

    from local.cluedin.behaviour.tokens import Caller
    from local.cluedin.model import User
    from local.cluedin.simulator import CluedIn
    from local.cluedin.store import Store
    from local.cluedin.switches import CluedInSwitches

    Info: TypeAlias = "GraphQLResolveInfo[Call]"

Operation = TypeVar("Operation", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Call:
    """One GraphQL request: who asks what of which organization. `caller` is None when the token is refused."""

    cluedin: CluedIn
    caller: Caller | None
    issuer: str

    @property
    def store(self) -> Store:
        """The organization's tables."""
        return self.cluedin.store

    @property
    def switches(self) -> CluedInSwitches:
        """The switches as they stand."""
        return self.cluedin.switches

    @property
    def user(self) -> User:
        """The calling user.

        Raises:
            ServiceError: 401 when the token was refused.
        """
        if self.caller is None:
            raise unauthorized()
        return self.store.users[self.caller.user_id]

    def check(self, operation: str) -> None:
        """Let the caller do this, or raise ServiceError 401 or 403."""
        if self.caller is None:
            raise unauthorized()
        if operation in self.switches.forbidden_operations:
            raise forbidden(operation)


def counted(page: Page[Any], switches: CluedInSwitches) -> Page[Any]:
    """Tell the total that the switch asks for."""
    total = page.total or 0
    told = {"exact": total, "more": total + 1, "less": max(total - 1, 0), "page": len(page.data), "absent": None}
    return replace(page, total=told[switches.total])


class Namespace(ObjectType):
    """A type such as Inbound, whose fields are operations; its `id` is its own name in lower case."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.id = name.lower()
        self.set_field("id", lambda *_: self.id)

    def operation(self, name: str) -> Callable[[Operation], Operation]:
        """Register `resolve(call, **arguments)`; an argument that is null is left out, so defaults apply."""

        def register(resolve: Operation) -> Operation:
            full_name = f"{self.id}.{name}"

            def guarded(_: object, info: Info, **arguments: Any) -> Any:
                call = info.context
                call.check(full_name)
                given = {key: value for key, value in arguments.items() if value is not None}
                if call.switches.page_limit is not None and "page_size" in given:
                    given["page_size"] = min(given["page_size"], call.switches.page_limit)
                found = resolve(call, **given)
                return counted(found, call.switches) if isinstance(found, Page) else found

            self.set_field(name, guarded)
            return resolve

        return register
