"""A tenant migrates under the app, in every way that is left open: nobody is missing whose tag nobody took away."""

from itertools import product

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync_core.catalog.values import Status
from tests.unit.sync_core.discovery.terms.tenant import CLASSIC, COPY, Tenant, Watcher

LISTS, SEARCHES, LINKS = ("frozen", "empty", "not_found"), ("none", "found"), ("kept", "cut")
VARIANTS = [*product(LISTS, SEARCHES, LINKS, (1, 2, 4, 120))]
LATER = (1, 11, 62, 125)


def names(count: int) -> set[str]:
    return {f"a{number:03}" for number in range(count)}


def watched(tenant: Tenant) -> Watcher:
    watcher = Watcher(tenant)
    for minutes in LATER:
        watcher.look(minutes)
    return watcher


@pytest.mark.parametrize(("list_after", "search_after", "links", "count"), VARIANTS)
@pytest.mark.parametrize("phases", [("running", "staged", "moved", "published"), ("staged", "published")], ids=len)
def test_a_migration_makes_nobody_missing_and_a_tag_made_and_taken_away_afterwards_counts(
    list_after: str, search_after: str, links: str, count: int, phases: tuple[str, ...]
) -> None:
    tenant = Tenant(names(count), list_after, search_after, links)
    watcher = watched(tenant)
    for phase in phases:
        tenant.go_to(phase)
        for minutes in LATER:
            watcher.restart()
            watcher.look(minutes)
            assert not watcher.missing, phase
    tenant.linked = {*tenant.linked, "new"}
    watcher.look(1)
    assert "new" in watcher.terms
    tenant.linked.remove("new")
    for minutes in LATER:
        watcher.look(minutes)
    assert watcher.missing == {"new"}
    if links == "kept":
        assert not watcher.pauses or (list_after, search_after) == ("frozen", "found")


def test_an_estate_of_one_asset_learns_of_curation_where_the_search_finds_that_asset_by_its_name_alone() -> None:
    tenant = Tenant(names(1))
    watcher = watched(tenant)
    tenant.trouble = "search empty"
    watcher.look(70)
    assert watcher.lists.curation() is None
    tenant.trouble = ""
    tenant.go_to("staged")
    watcher.look(70)
    assert watcher.lists.curation() is not None
    tenant.go_to("published")
    watcher.look(11)
    tenant.linked = {"new"}
    for minutes in LATER:
        watcher.look(minutes)
    assert watcher.missing == {*tenant.classic}


@pytest.mark.parametrize("list_after", LISTS)
def test_what_was_untagged_after_its_successor_showed_it_is_missing(list_after: str) -> None:
    tenant = Tenant(names(4), list_after)
    watcher = watched(tenant)
    for phase in ("staged", "published"):
        tenant.go_to(phase)
        for minutes in LATER:
            watcher.look(minutes)
    tenant.linked.remove("a001")
    watcher.look()
    assert watcher.missing == {"a001"}


@pytest.mark.parametrize("list_after", LISTS)
def test_after_a_direct_switch_each_asset_stays_until_it_is_linked_once(list_after: str) -> None:
    tenant = Tenant(names(4), list_after)
    watcher = watched(tenant)
    tenant.go_to("direct")
    for minutes in LATER:
        watcher.look(minutes)
    tenant.status, tenant.linked = Status.PUBLISHED, {"a000", "a001"}
    for minutes in LATER:
        watcher.look(minutes)
    assert not watcher.missing
    tenant.linked.remove("a000")
    watcher.look()
    assert watcher.missing == {"a000"}
    tenant.status = Status.DRAFT
    watcher.look()
    assert not watcher.missing - {"a000"}


@pytest.mark.parametrize("list_after", LISTS)
def test_a_person_ends_what_a_successor_never_showed(list_after: str) -> None:
    tenant = Tenant(names(120), list_after, links="cut")
    watcher = watched(tenant)
    for phase in ("staged", "published"):
        tenant.go_to(phase)
        for minutes in LATER:
            watcher.look(minutes)
    watcher.approved = 19
    watcher.look()
    watcher.look()
    assert not watcher.missing
    watcher.approved = 20
    watcher.look()
    watcher.look()
    assert watcher.missing == names(120) - names(100)


def test_a_list_that_empties_in_parts_after_curation_makes_nobody_missing() -> None:
    tenant = Tenant(names(4))
    watcher = watched(tenant)
    tenant.go_to("staged")
    for minutes in LATER:
        watcher.look(minutes)
    assert watcher.lists.curation() is not None
    for guid in sorted(tenant.classic):
        tenant.emptied.add(guid)
        watcher.look()
        assert not watcher.missing, guid


def test_the_only_asset_of_a_classic_term_stays_while_it_names_the_term_itself() -> None:
    tenant = Tenant(names(1), "empty")
    watcher = watched(tenant)
    tenant.go_to("staged")
    for minutes in LATER:
        watcher.look(minutes)
        assert not watcher.missing


def test_curation_is_taken_back_when_a_classic_list_grows() -> None:
    tenant = Tenant(names(2))
    watcher = watched(tenant)
    tenant.trouble = "classic gone"
    for minutes in LATER:
        watcher.look(minutes)
    assert watcher.lists.curation() is not None
    tenant.trouble, tenant.classic = "", {"a000", "new"}
    watcher.look()
    watcher.look()
    assert watcher.lists.curation() is None
    assert watcher.missing == {"a001"}


def test_looks_at_a_list_that_is_gone_for_two_minutes_conclude_nothing() -> None:
    tenant = Tenant(names(2))
    watcher = watched(tenant)
    for trouble in ("classic gone", "classic gone", "", "classic gone", "classic fails", "classic empty"):
        tenant.trouble = trouble
        watcher.look(2)
    assert watcher.lists.curation() is None
    assert not watcher.missing


class Migrating(RuleBasedStateMachine):
    """Stewards, the service and the migration, in any order. `taken_away` are assets that nobody wants synced."""

    @initialize(
        count=st.sampled_from([1, 2, 3, 5, 7]),
        list_after=st.sampled_from(LISTS),
        search_after=st.sampled_from(SEARCHES),
        links=st.sampled_from(LINKS),
    )
    def begin(self, count: int, list_after: str, search_after: str, links: str) -> None:
        self.tenant = Tenant(names(count), list_after, search_after, links)
        self.watcher = Watcher(self.tenant)
        self.watcher.look()
        self.taken_away, self.shown = set[str](), set[str]()

    @rule(
        minutes=st.sampled_from(LATER),
        trouble=st.sampled_from(["", "classic fails", "classic gone", "catalog fails", "catalog gone"]),
    )
    def look(self, minutes: int, trouble: str) -> None:
        self.tenant.trouble = trouble
        self._look(minutes)

    @rule(trouble=st.sampled_from(["classic empty", "catalog empty", "search empty"]))
    def look_at_an_empty_answer(self, trouble: str) -> None:
        self.tenant.trouble = trouble
        self._look(11)

    @rule()
    def restart(self) -> None:
        self.watcher.restart()

    @precondition(lambda self: self.tenant.phase not in {"published", "direct"})
    @rule(is_direct=st.booleans())
    def go_on(self, is_direct: bool) -> None:  # noqa: FBT001
        if is_direct and self.tenant.phase == "off":
            self.tenant.go_to("direct")
            return
        order = ["off", "running", "staged", "moved", "published"]
        self.tenant.go_to(order[order.index(self.tenant.phase) + 1])

    @precondition(lambda self: self.tenant.phase == "off" and len(self.tenant.classic) > 1)
    @rule(data=st.data())
    def untag(self, data: st.DataObject) -> None:
        guid = data.draw(st.sampled_from(sorted(self.tenant.classic)))
        self.tenant.classic.remove(guid)
        self.taken_away.add(guid)

    @precondition(lambda self: self.tenant.phase == "off")
    @rule(number=st.integers(200, 210))
    def tag(self, number: int) -> None:
        self.tenant.classic.add(f"a{number}")

    @precondition(lambda self: self.tenant.is_enabled)
    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        guid = data.draw(st.sampled_from([*sorted(self.tenant.classic), "n1", "n2"]))
        self.tenant.status = self.tenant.status or Status.PUBLISHED
        self.tenant.linked.add(guid)

    @precondition(lambda self: len(self.tenant.linked) > 2)
    @rule(data=st.data())
    def unlink(self, data: st.DataObject) -> None:
        guid = data.draw(st.sampled_from(sorted(self.tenant.linked)))
        self.tenant.linked.remove(guid)
        if guid in self.shown:
            self.taken_away.add(guid)

    @precondition(lambda self: self.tenant.status is not None and self.tenant.phase in {"published", "direct"})
    @rule(status=st.sampled_from([Status.DRAFT, Status.PUBLISHED]))
    def set_status(self, status: Status) -> None:
        self.tenant.status = status

    @precondition(lambda self: self.tenant.is_enabled and self.watcher.lists.curation() is not None)
    @rule(data=st.data())
    def empty_in_parts(self, data: st.DataObject) -> None:
        self.tenant.emptied.add(data.draw(st.sampled_from(sorted(self.tenant.classic))))

    def _look(self, minutes: int) -> None:
        seen = self.watcher.look(minutes)
        assert self.watcher.missing <= self.taken_away
        self.taken_away -= seen.entities.keys()
        if self.tenant.status is Status.PUBLISHED and not self.tenant.trouble.startswith("catalog"):
            self.shown |= self.tenant.linked
        self.tenant.trouble = ""

    @invariant()
    def nobody_is_missing_by_a_list_that_is_hidden(self) -> None:
        if hasattr(self, "watcher") and {CLASSIC, COPY} <= self.watcher.standing.holding:
            assert not {guid for guid in self.watcher.missing if self.watcher.terms[guid]}


TestMigrating = Migrating.TestCase
TestMigrating.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate]
)
