"""When a term counts and when it is paused: a table of cases."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sync_core.catalog.values import Concept, Kind, Status
from sync_core.discovery.terms.keywords import Keyword
from sync_core.discovery.terms.standing import (
    Look,
    Memory,
    Reason,
    Sight,
    Situation,
    Standing,
    Verdict,
    heirs_among,
    judge_all,
    left_of,
    problem_of,
)

DOMAINS = {"f": "Finance", "s": "Sales", "f2": "Finance"}


@pytest.mark.parametrize(
    ("name", "domain", "status", "problem"),
    [
        ("Sync", "f", Status.PUBLISHED, None),
        (" Sync ", "f", Status.PUBLISHED, None),
        ("Sync", "f2", Status.PUBLISHED, None),
        ("Sync", "f", Status.DRAFT, Reason.DRAFT),
        ("Sync", "f", Status.EXPIRED, Reason.EXPIRED),
        ("Sync", "f", Status.OTHER, Reason.UNPUBLISHED),
        ("Sync 2", "f", Status.PUBLISHED, Reason.RENAMED),
        ("sync", "f", Status.PUBLISHED, Reason.RENAMED),
        ("Sync", "s", Status.PUBLISHED, Reason.MOVED),
        ("Sync", "", Status.PUBLISHED, Reason.MOVED),
        ("Sync", "unpublished", Status.PUBLISHED, Reason.PLACE_HIDDEN),
        ("Sync 2", "s", Status.DRAFT, Reason.DRAFT),
    ],
)
def test_only_a_published_term_of_the_configured_name_and_domain_counts(
    name: str, domain: str, status: Status, problem: Reason | None
) -> None:
    concept = Concept(Kind.TERM, "u1", name, domain, status)
    assert problem_of([Keyword("Sync", "Finance")], concept, DOMAINS) is problem


def test_a_bare_name_follows_its_term_into_another_domain() -> None:
    concept = Concept(Kind.TERM, "u1", "Sync", "s", Status.PUBLISHED)
    assert problem_of([Keyword("Sync")], concept, DOMAINS) is None


NOW = datetime(2026, 11, 1, tzinfo=UTC)
NOTHING, HIDDEN, GONE = Look(Sight.NOTHING), Look(Sight.HIDDEN, pause="why"), Look(Sight.GONE, pause="why")


def rows(*assets: str, place: str = "f", is_readable: bool = True, nowhere: frozenset[str] = frozenset()) -> Look:
    return Look(
        Sight.ROWS, assets=frozenset(assets), digest=" ".join(assets), place=place, is_readable=is_readable,
        nowhere=nowhere,
    )  # fmt: skip


def memory(key: str, *assets: str, **fields: object) -> Memory:
    known = {"key": key, "keywords": ["Sync"], "place": "f", "since": NOW, "shown": len(assets), "sample": assets}
    return Memory.model_validate({**known, **fields})


def judged(
    memories: Mapping[str, Memory],
    looks: Mapping[str, Look],
    *,
    is_curated: bool = False,
    approved: int = 0,
    ever: Mapping[str, set[str]] | None = None,
    now: datetime = NOW,
) -> dict[str, Verdict]:
    heirs = heirs_among({key: one.keywords for key, one in memories.items()})
    return judge_all(memories, looks, heirs, Situation(now, is_curated, lambda count: count <= approved, ever or {}))


@pytest.mark.parametrize("key", ["c1", "terms/u1", "dataProducts/p1"])
@pytest.mark.parametrize(
    ("before", "look", "holds"),
    [
        (("a", "b"), rows("a"), False),
        (("a", "b"), rows("a", is_readable=False), True),
        (("a", "b"), rows("a", nowhere=frozenset({"n"})), True),
        (("a", "b"), NOTHING, True),
        (("a",), NOTHING, False),
        ((), NOTHING, False),
        (("a",), HIDDEN, True),
        (("a",), GONE, True),
        (("a",), Look(Sight.NOTHING, is_tagged=True), True),
        (("a",), Look(Sight.NOTHING, is_readable=False), True),
    ],
)
def test_what_decides_and_what_holds(key: str, before: tuple[str, ...], look: Look, *, holds: bool) -> None:
    assert judged({key: memory(key, *before)}, {key: look})[key].holds is holds


def test_several_lists_of_one_that_fall_to_none_at_once_are_a_fall_from_several() -> None:
    memories = {f"terms/{n}": memory(f"terms/{n}", f"a{n}") for n in range(3)}
    looks = {"terms/0": NOTHING, "terms/1": NOTHING, "terms/2": rows("a2")}
    assert {key: one.holds for key, one in judged(memories, looks).items()} == {
        "terms/0": True,
        "terms/1": True,
        "terms/2": False,
    }
    fallen = judged(memories, looks)["terms/0"].memory
    assert judged({"terms/0": fallen}, {"terms/0": NOTHING})["terms/0"].holds, "it stays so when looked at alone"
    approved = judged({"terms/0": fallen}, {"terms/0": NOTHING}, approved=1)["terms/0"]
    assert (approved.holds, approved.memory.has_fallen, approved.memory.shown) == (False, False, 0)


def test_a_classic_list_that_is_what_it_was_has_not_fallen_when_its_types_become_known() -> None:
    """It names columns only; at the first look they were taken for assets."""
    before = memory("c1", "a", "b", digest="same")
    verdict = judged({"c1": before}, {"c1": Look(Sight.NOTHING, digest="same")})["c1"]
    assert (verdict.holds, verdict.memory.shown, verdict.memory.has_fallen) == (False, 0, False)
    links = memory("terms/u1", "a", "b", digest="same")
    assert judged({"terms/u1": links}, {"terms/u1": Look(Sight.NOTHING, digest="same")})["terms/u1"].holds


def test_a_link_that_leads_nowhere_holds_for_a_day() -> None:
    look, later = rows("a", nowhere=frozenset({"n"})), NOW + timedelta(days=1)
    first = judged({"terms/u1": memory("terms/u1", "a")}, {"terms/u1": look})["terms/u1"]
    assert first.holds
    assert not judged({"terms/u1": first.memory}, {"terms/u1": look}, now=later)["terms/u1"].holds


@pytest.mark.parametrize(
    ("look", "is_forgotten"),
    [
        (rows("a", "b", "c"), True),
        (rows("a"), False),
        (rows("a", "b", place="s"), False),
        (HIDDEN, False),
    ],
)
def test_a_gone_term_is_forgotten_for_one_of_its_domain_that_shows_all_of_it(look: Look, *, is_forgotten: bool) -> None:
    memories = {"terms/u1": memory("terms/u1", "a", "b"), "terms/u2": memory("terms/u2")}
    assert judged(memories, {"terms/u1": GONE, "terms/u2": look})["terms/u1"].is_forgotten is is_forgotten


def test_once_curation_is_enabled_a_classic_list_holds_until_its_heirs_showed_all_of_it() -> None:
    memories = {"c1": memory("c1", "a", "b"), "terms/u1": memory("terms/u1", "a")}
    looks = {"c1": rows("a"), "terms/u1": rows("a")}
    held = judged(memories, looks, is_curated=True, ever={"terms/u1": {"a"}})["c1"]
    assert (held.holds, held.pause, held.memory.sample) == (True, "", ["a", "b"])
    for look in (rows("a", "b"), NOTHING, HIDDEN, GONE):
        followed = judged(memories, {**looks, "c1": look}, is_curated=True, ever={"terms/u1": {"a", "b"}})["c1"]
        assert (followed.holds, followed.pause) == (False, "")


def test_heirs_are_catalog_terms_of_a_keyword_and_never_products() -> None:
    keywords = {
        "c1": ["Sync@Glossary", "Sync"],
        "terms/u1": ["Sync"],
        "terms/u2": ["Other"],
        "dataProducts/p": ["Sync"],
    }
    assert heirs_among(keywords) == {"c1": ["terms/u1"]}


@pytest.mark.parametrize(
    ("holding", "guid", "keys", "is_kept"),
    [
        ({"c1"}, "a", ["c1"], False),  # its heir has shown it, and decides
        ({"c1"}, "b", ["c1"], True),
        ({"terms/u1"}, "a", ["c1"], True),  # its heir is a draft
        ({"terms/u1"}, "b", ["c1"], False),
        ({"terms/u1"}, "x", ["terms/u1"], True),
        ({"c2"}, "a", ["c1"], False),
    ],
)
def test_who_has_a_say_on_an_asset(holding: set[str], guid: str, keys: list[str], *, is_kept: bool) -> None:
    standing = Standing(frozenset(holding), {"c1": ["terms/u1"]}, {"terms/u1": {"a"}})
    assert standing.keeps(guid, keys) is is_kept


def test_what_heirs_never_showed_is_told_once_one_of_them_has_shown_some() -> None:
    classic = memory("c1", "a", "b", "c")

    def left(*shown: str, is_curated: bool = True) -> int:
        return left_of(classic, ["u1"], Situation(NOW, is_curated, lambda _count: False, {"u1": set(shown)}))

    assert (left(), left("x"), left("a"), left("a", "b", "c"), left("a", is_curated=False)) == (0, 0, 2, 0, 0)
