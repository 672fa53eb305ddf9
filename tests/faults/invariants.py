"""What must hold once all faults are gone and all work is done: one function, which reads everything afresh.

Both services are read over HTTP, the state through the app's own stores. Nothing here uses the app's rules for names or
lineage: a mistake there must not hide itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.cluedin.seed import SERVICE_ACCOUNT
from sync_core.app import App
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.lineage.webhook.delivery import delivery_key
from tests.faults.lanes import Lanes
from tests.faults.lineage_invariants import LineageFacts, lineage_violations
from tests.faults.remote import Account, Organization

GOOD_ENDS = ("pushed", "not_mapped", "not_from_purview")
COLUMN_TYPES = ("column",)  # what carries the term and is no data asset, in the accounts of these tests


@dataclass(frozen=True)
class Case:
    """What is compared: two services, the state, the queues, and what a person knows.

    `ever_tagged` are the qualified names of assets that had the term at some time; `accepted` the deliveries that were
    answered 202: (delivery id, data set id); `names` all that an asset was ever called, by its qualified name.
    `is_selected` says whether what stands of an asset in Purview selects it; of those in `doubtful` nobody knows that.
    """

    account: Account
    organization: Organization
    app: App
    lanes: Lanes
    ever_tagged: frozenset[str]
    names: Mapping[str, Collection[str]]
    is_selected: Callable[[Mapping[str, Any]], bool]
    doubtful: Collection[str] = ()
    accepted: Sequence[tuple[str, str]] = ()


def find_violations(case: Case) -> list[str]:
    """Return everything that is not as it must be; nothing at all is what one wants to see."""
    purview, cluedin = case.account.state(), case.organization.state()
    assert sum(purview["counts"].values()) <= len(purview["entities"]), "the account shows only a part of itself"
    tagged = {each["qualifiedName"]: each for each in purview["entities"] if _is_selected(each, case)}
    records = list(case.app.assets.all())
    # What was tagged with a classic term that was gone before the app looked once, and is linked with nothing.
    for name in set(case.doubtful) - {record.qualified_name for record in records}:
        tagged.pop(name, None)
    active = {each["qualifiedName"]: each["guid"] for each in purview["entities"]}
    remembered = {record.data_set_id: record for record in case.app.data_sets.after("")}
    entities = case.account.own_entities()
    known = {record.qualified_name for record in records}
    facts = LineageFacts(remembered, cluedin, entities, active, tagged, known, case.ever_tagged)
    return [
        *_groups(cluedin, tagged, case.ever_tagged),
        *_group_names(cluedin, case.names),
        *_records(case, records, tagged, cluedin),
        *lineage_violations(facts),
        *_work(case),
    ]


def _is_selected(entity: Mapping[str, Any], case: Case) -> bool:
    if entity["qualifiedName"] not in case.names or entity["typeName"].endswith(COLUMN_TYPES):
        return False
    return case.is_selected(entity)


def _groups(cluedin: Mapping[str, Any], tagged: Mapping[str, Any], ever_tagged: frozenset[str]) -> Iterator[str]:
    ours = [source for source in cluedin["data_sources"] if source["author_id"] == SERVICE_ACCOUNT.id]
    counts = Counter(source["name"] for source in ours)
    yield from (f"asset {name} has {counts[name]} sources" for name in tagged if counts[name] != 1)
    yield from (f"source {name} stands {count} times" for name, count in counts.items() if count > 1)
    yield from (f"source {name} stands for no asset" for name in counts if name not in ever_tagged)
    members = Counter(source["data_source_set_id"] for source in cluedin["data_sources"])
    shared = {source["data_source_set_id"] for source in ours if members[source["data_source_set_id"]] > 1}
    yield from (f"group {number} is shared" for number in sorted(shared))
    empty = [each for each in cluedin["data_source_sets"] if each["author_id"] == SERVICE_ACCOUNT.id]
    empty = [each for each in empty if not members[each["id"]]]
    # An asset that loses its term while its group is made keeps an empty one, since nothing is deleted.
    half_made = ever_tagged - set(tagged) - set(counts)
    if len(empty) > len(half_made):
        yield f"groups {[(each['id'], each['name']) for each in empty]} are empty, half made can be {sorted(half_made)}"


def _group_names(cluedin: Mapping[str, Any], names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """A group is called by a name that its asset has or had, with the qualified name behind it where that was taken."""
    groups = {group["id"]: group["name"] for group in cluedin["data_source_sets"]}
    for source in cluedin["data_sources"]:
        if source["author_id"] == SERVICE_ACCOUNT.id:
            asset, called = source["name"], groups[source["data_source_set_id"]]
            fitting = [text for name in names.get(asset, ()) for text in (name, f"{name} : {asset}")]
            if called not in fitting:
                yield f"the group of {asset} is called {called}, expected one of {fitting}"


def _records(
    case: Case, records: Sequence[AssetRecord], tagged: Mapping[str, Any], cluedin: Mapping[str, Any]
) -> Iterator[str]:
    app = case.app
    by_name = {record.qualified_name: record for record in records}
    sources = {str(source["id"]): source for source in cluedin["data_sources"]}
    yield from (f"asset {name} is not recorded" for name in tagged if name not in by_name)
    for name, record in by_name.items():
        expected = AssetStatus.SYNCED if name in tagged else AssetStatus.RETIRED
        if record.status is not expected and name not in case.doubtful:
            yield f"{name} is {record.status}, expected {expected}: {app.asset_jobs.load(record.key)}"
        if name in tagged and record.guid != tagged[name]["guid"]:
            yield f"{name} is recorded as {record.guid}, Purview has {tagged[name]['guid']}"
        if record.status is AssetStatus.SYNCED:
            yield from _proof(app, record, sources.get(record.source_id))
    for field in ("group_id", "source_id"):
        ids = Counter(getattr(record, field) for record in records if getattr(record, field))
        yield from (f"{field} {number} is in {count} records" for number, count in ids.items() if count > 1)


def _proof(app: App, record: AssetRecord, source: Mapping[str, Any] | None) -> Iterator[str]:
    name = record.qualified_name
    if source is None:
        yield f"{name} is recorded with source {record.source_id}, which CluedIn has not"
    elif (source["name"], str(source["data_source_set_id"])) != (name, record.group_id):
        yield f"{name} is recorded in group {record.group_id}, CluedIn has {source['name']} in another"
    if app.groups.owner(record.group_id) not in {"", record.key}:
        yield f"group {record.group_id} of {name} belongs to another asset"
    if app.groups.asset_of_source(record.source_id) not in {"", record.key}:
        yield f"source {record.source_id} of {name} stands for another asset"


def _work(case: Case) -> Iterator[str]:
    yield from (
        f"dead letter {dead_letter.subject}: {dead_letter.cause}" for dead_letter in case.app.dead_letters.all()
    )
    for delivery_id, data_set_id in case.accepted:
        kept = case.app.receipts.load(delivery_key(delivery_id, data_set_id))
        record = case.app.data_sets.load(data_set_id)
        if kept is None or record is None or record.status not in GOOD_ENDS:
            yield f"delivery {delivery_id} has no good end: {kept}, {record}"
    if case.app.asset_jobs.has_pending():
        yield "assets are outstanding"
    if case.app.data_set_jobs.has_pending():
        yield "data sets are outstanding"
    waiting = case.lanes.count()
    if waiting:
        yield f"{waiting} messages wait"
