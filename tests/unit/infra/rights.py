"""What the app and its host do with Azure resources, and which of it a set of role assignments allows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sync_core.storage.names import POISON_SUFFIX, QUEUES, TABLES
from tests.unit.infra.template import Resource, resources

QUEUE = "Microsoft.Storage/storageAccounts/queueServices/queues"
TABLE = "Microsoft.Storage/storageAccounts/tableServices/tables"
CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"

# Source: learn.microsoft.com "Azure built-in roles", the actions and data actions that matter here.
ROLES = {
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": (
        "Storage Blob Data Owner",
        {f"{CONTAINER}/write"} | {f"{CONTAINER}/blobs/{verb}" for verb in ("read", "write", "delete")},
    ),
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": (
        "Storage Queue Data Contributor",
        {f"{QUEUE}/{verb}" for verb in ("read", "write", "delete")}
        | {f"{QUEUE}/messages/{verb}" for verb in ("read", "write", "delete", "process/action")},
    ),
    "8a0f0c08-91a1-4084-bc3d-661d67233fed": (
        "Storage Queue Data Message Processor",
        {f"{QUEUE}/messages/{verb}" for verb in ("read", "process/action")},
    ),
    "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a": (
        "Storage Queue Data Message Sender",
        {f"{QUEUE}/messages/add/action"},
    ),
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": (
        "Storage Table Data Contributor",
        {f"{TABLE}/{verb}" for verb in ("read", "write", "delete")}
        | {f"{TABLE}/entities/{verb}" for verb in ("read", "write", "delete", "add/action", "update/action")},
    ),
    "3913510d-42f4-4e42-8a64-420c390055eb": (
        "Monitoring Metrics Publisher",
        {"Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"},
    ),
    "4633458b-17de-408a-b874-0445c86b69e6": (
        "Key Vault Secrets User",
        {"Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action"},
    ),
}


@dataclass(frozen=True)
class Place:
    """Where a right holds: a kind of resource, and its name where there are several. The account holds the rest."""

    kind: str
    name: str = ""

    def includes(self, other: "Place") -> bool:
        """Whether a right here is also a right there."""
        return self == other or (self.kind == "account" and other.kind in {"queue", "table"})


@dataclass(frozen=True)
class Need:
    """Something that is done, where, and the actions of which any one allows it."""

    what: str
    place: Place
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """One role assignment of the template."""

    role_id: str
    place: Place
    why: str

    @property
    def role(self) -> str:
        """The role's name as Azure shows it."""
        return ROLES[self.role_id][0]

    def allows(self, need: Need) -> bool:
        """Whether this grant alone is enough for a need."""
        return self.place.includes(need.place) and not ROLES[self.role_id][1].isdisjoint(need.any_of)


def read_grants() -> list[Grant]:
    """Return the role assignments of the template."""
    return [
        Grant(
            role_id=each["properties"]["roleDefinitionId"].rpartition("/")[2],
            place=_place(scope_of(each)),
            why=each["properties"]["description"],
        )
        for each in resources("Microsoft.Authorization/roleAssignments")
    ]


def scope_of(assignment: Resource) -> str:
    """Return the id of the resource that a role assignment holds for."""
    found = re.match(r"\[extensionResourceId\('([^']+)', 'Microsoft.Authorization/roleAssignments', ", assignment["id"])
    assert found, f"the scope of {assignment['id']} is not known before the deployment"
    return found[1]


def _place(scope: str) -> Place:
    provider, *path = scope.partition("/providers/")[2].split("/")
    kinds, names = path[::2], path[1::2]
    match [provider, *kinds]:
        case ["Microsoft.Storage", "storageAccounts"]:
            return Place("account")
        case ["Microsoft.Storage", "storageAccounts", "queueServices" | "tableServices", "queues" | "tables" as kind]:
            return Place(kind.removesuffix("s"), names[-1])
        case ["Microsoft.Insights", "components"]:
            return Place("insights")
        case ["Microsoft.KeyVault", "vaults"]:
            return Place("vault")
    raise AssertionError(scope)


def needs() -> list[Need]:
    """Return everything that is done, from the app's own lists of queues and tables."""
    found = list(_host_needs())
    for queue in QUEUES:
        found += _sender_needs(queue, "the app enqueues work")
        found += _trigger_needs(queue)
        found += _sender_needs(queue + POISON_SUFFIX, f"the host moves a dead message of {queue} aside")
        found += _taker_needs(queue + POISON_SUFFIX)
    for table in TABLES:
        found += _table_needs(table)
    return found


def broken(grants: Iterable[Grant]) -> list[str]:
    """Return what would not work with these grants, in words."""
    given = list(grants)
    return [
        f"{need.what}: {need.place.kind} {need.place.name} lacks {' or '.join(need.any_of)}"
        for need in needs()
        if not any(grant.allows(need) for grant in given)
    ]


def _host_needs() -> Iterator[Need]:
    account = Place("account")
    yield Need("the host makes its containers for locks and keys", account, (f"{CONTAINER}/write",))
    yield Need("the host reads its keys and the package", account, (f"{CONTAINER}/blobs/read",))
    yield Need("the host takes the lease that makes a timer single", account, (f"{CONTAINER}/blobs/write",))
    yield Need("the host drops old keys", account, (f"{CONTAINER}/blobs/delete",))
    yield Need("the host sends logs without a key", Place("insights"), ("Microsoft.Insights/Telemetry/Write",))
    yield Need(
        "the platform resolves Key Vault references",
        Place("vault"),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action",),
    )


def _sender_needs(queue: str, what: str) -> Iterator[Need]:
    yield Need(what, Place("queue", queue), (f"{QUEUE}/messages/add/action", f"{QUEUE}/messages/write"))


def _trigger_needs(queue: str) -> Iterator[Need]:
    place = Place("queue", queue)
    yield Need("the scale controller reads the queue's length", place, (f"{QUEUE}/read",))
    yield Need("the host takes a message", place, (f"{QUEUE}/messages/process/action",))
    yield Need("the host renews a message or gives it back early", place, (f"{QUEUE}/messages/write",))
    yield Need(
        "the host deletes a finished message",
        place,
        (f"{QUEUE}/messages/delete", f"{QUEUE}/messages/process/action"),
    )


def _taker_needs(queue: str) -> Iterator[Need]:
    place = Place("queue", queue)
    yield Need("reconcile reads how many messages wait", place, (f"{QUEUE}/read",))
    yield Need("reconcile takes a message", place, (f"{QUEUE}/messages/process/action",))
    yield Need(
        "reconcile deletes a message",
        place,
        (f"{QUEUE}/messages/delete", f"{QUEUE}/messages/process/action"),
    )


def _table_needs(table: str) -> Iterator[Need]:
    for what, verbs in (
        ("reads rows", ("read",)),
        ("inserts rows", ("write", "add/action")),
        ("changes rows", ("write", "update/action")),
        ("deletes rows", ("delete",)),
    ):
        yield Need(f"the app {what}", Place("table", table), tuple(f"{TABLE}/entities/{verb}" for verb in verbs))
