"""`GET status?plan=`: what a term would do, compared with what it then does; and that nothing is written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.responses import Response

from local.azurite import Azurite
from local.purview.admin import unified
from local.stack import TERM
from sync_core.answer import LARGEST_PAGE, HttpAnswer
from sync_core.app import App, triggers
from sync_core.assets.record import AssetStatus
from sync_core.operations.plan.compare import compare
from sync_core.operations.plan.plan import Plan, merged
from sync_core.runtime import Runtime
from tests.faults.storage_door import StorageDoor, open_doors
from tests.kit.estate import Estate, NewEstate

OverHttp = Callable[[App, dict[str, str]], tuple[HttpAnswer, Any]]
SQL = "mssql://contoso-sql.database.windows.net/crm/dbo"
READING = {"GET", "HEAD"}


def plan(app: App, asked: str = "configured") -> Plan:
    """Ask for a plan over HTTP, and follow `next`."""
    query, parts = {"plan": asked}, list[Plan]()
    while True:
        answer = app.plan.answer(query)
        assert answer.status == 200, answer.body
        parts.append(Plan.from_json(json.loads(answer.body)))
        if not parts[-1].next:
            return merged(parts)
        query["next"] = parts[-1].next


@pytest.fixture
def over_http(monkeypatch: pytest.MonkeyPatch) -> OverHttp:
    """Ask the route as the trigger does; return the answer, and its body as a value."""

    def ask(app: App, query: dict[str, str]) -> tuple[HttpAnswer, Any]:
        monkeypatch.setattr("sync_core.app.triggers.app", lambda: app)
        answer = triggers.status(query)
        return answer, json.loads(answer.body)

    return ask


def acts(found: Plan) -> dict[str, str]:
    return {one.qualified_name: one.act.value for one in found.assets}


def test_what_was_planned_then_happens(estate: Estate) -> None:
    estate.add_foreign_group("Orders", "somebody's")
    estate.add_foreign_group("Customers before", f"{SQL}/Customers")
    found = plan(estate.app)
    assert (found.counts["create"], found.counts["adopt"]) == (17, 1)
    assert {(one.type, one.assets) for one in found.left_out} == {("azure_sql_column", 1), ("column", 1)}
    assert found.terms == [f"classic term {TERM}"]
    assert sum(one.is_clash for one in found.assets) == 2  # Orders, and the second customers.csv
    estate.sync()
    while estate.work():
        pass
    estate.deliver_again()
    assert compare(found, estate.records()) == []
    after = plan(estate.app)
    assert (after.counts, after.assets) == ({"keep": 18}, [])


@pytest.mark.parametrize("is_in_snapshot", [False, True])
def test_a_group_of_another_name_is_planned_as_the_sync_will_find_it(estate: Estate, *, is_in_snapshot: bool) -> None:
    estate.sync()
    while estate.work():
        pass
    path = "https://contosolake.dfs.core.windows.net/added/adopt.csv"
    estate.add_foreign_group("Own name", path)
    estate.act("add_asset", name="adopt.csv", typeName="azure_datalake_gen2_path", qualifiedName=path, terms=[TERM])
    if is_in_snapshot:
        estate.app.reconcile.run()
    found = plan(estate.app)
    assert acts(found) == {path: "adopt" if is_in_snapshot else "create"}
    estate.sync()
    assert compare(found, estate.records()) == []


def test_it_costs_what_was_said(small_estate: Estate) -> None:
    found = plan(small_estate.app)
    assert found.requests == {"purview": 1, "cluedin": 3}
    assert set(found.seconds) == {"purview", "cluedin"}
    small_estate.app.find_group.ensure_read("before")
    since = small_estate.cluedin.log.last_seq
    small_estate.sync()
    asked = {name: n for name, n in small_estate.calls(since).items() if "administration" not in name}
    assert sum(asked.values()) <= 2 * found.requests["cluedin"]


def test_retiring_costs_what_was_said(estate: Estate) -> None:
    estate.sync()
    while estate.work():
        pass
    for record in estate.records()[:4]:
        estate.act("untag", asset=record.guid, term=TERM)
    found = plan(estate.app)
    since = estate.purview.log.last_seq
    for _ in range(3):
        estate.tick()
        estate.clock.advance(60)
    assert sum(one.status is AssetStatus.RETIRED for one in estate.records()) == 4
    assert found.counts["retire"] == 4
    assert found.requests == {"purview": estate.asked_of_purview(since)["Entity_Get"], "cluedin": 0}


def test_another_term_is_planned_beside_the_configured_one(small_estate: Estate) -> None:
    small_estate.sync()
    found = plan(small_estate.app, "Customer@Glossary")
    assert found.keywords == ["Customer@Glossary"]
    names = acts(found)
    assert names[f"{SQL}/Orders"] == "retire"
    assert names["https://contosolake.dfs.core.windows.net/raw/crm/customers.csv"] == "create"
    assert found.counts["keep"] == 1  # Customers has both terms


def test_who_lost_the_term_would_be_retired(small_estate: Estate) -> None:
    small_estate.sync()
    small_estate.act("untag", asset=f"{SQL}/Orders", term=TERM)
    assert acts(plan(small_estate.app)) == {f"{SQL}/Orders": "retire"}


def test_many_at_once_would_wait_for_a_person(estate: Estate) -> None:
    estate.sync()
    while estate.work():
        pass
    found = plan(estate.app, "Revenue@Business Terms")
    assert found.counts["retire"] == 18
    assert any("a person approves" in note for note in found.notes)


def test_all_assets_are_planned_through_the_search(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM="*")
    found = plan(estate.app)
    estate.tick()
    recorded = {one.qualified_name for one in estate.records()}
    assert {one.qualified_name for one in found.assets} == recorded
    assert any(one.why == "a process" for one in found.left_out)


def test_what_the_unified_catalog_would_charge_for_is_told(new_estate: NewEstate) -> None:
    estate = new_estate(SYNC_TERM="Tag")
    unified.curate(estate.purview, {"phase": "direct"})
    unified.add_domain(estate.purview, {"name": "Finance"})
    unified.add_concept(estate.purview, {"term": "Tag", "domain": "Finance", "assets": [f"{SQL}/Orders"]})
    assert (plan(estate.app).governed, plan(estate.app).would_be_governed) == (1, 0)
    classic = plan(estate.app, TERM)
    assert (classic.governed, classic.would_be_governed) == (0, 17)


@pytest.mark.parametrize("asked", ["No such term", "product:Nothing"])
def test_keywords_that_name_nothing_are_not_found(small_estate: Estate, over_http: OverHttp, asked: str) -> None:
    small_estate.sync()
    answer, body = over_http(small_estate.app, {"plan": asked})
    assert (answer.status, body["parameter"]) == (404, "plan")
    assert asked.removeprefix("product:") in body["detail"]


def test_while_a_keyword_names_nothing_nobody_would_be_retired(small_estate: Estate) -> None:
    small_estate.sync()
    found = plan(small_estate.app, "Revenue; No such term")
    assert found.counts == {"create": 1}
    assert len(found.unknown) == 1
    assert any("nobody counts as missing" in note for note in found.notes)


def test_what_several_terms_show_is_planned_once_however_many_parts_it_takes(estate: Estate) -> None:
    asked = f"{TERM}; Customer@Glossary"
    whole = plan(estate.app, asked)
    seconds = iter(range(1_000_000))
    slow = replace(estate.app, runtime=Runtime(now=estate.clock.now, monotonic=lambda: next(seconds) / 6))
    found = merged(slow.plan.parts(asked))
    assert found.counts == whole.counts == {"create": 18}


@pytest.mark.parametrize(
    ("service", "status", "cause_class"),
    [
        ("cluedin", 503, "transient"),
        ("cluedin", 429, "throttled"),
        ("purview", 500, "transient"),
        ("purview", 503, "transient"),
        ("purview", 429, "throttled"),
        ("purview", 400, "rejected"),
    ],
)
def test_a_service_that_does_not_answer_is_told_by_the_status(
    small_estate: Estate, over_http: OverHttp, service: str, status: int, cause_class: str
) -> None:
    fail = small_estate.cluedin_fault if service == "cluedin" else small_estate.purview_fault
    fail(".*", times=None, status=status)
    answer, body = over_http(small_estate.app, {"plan": "configured"})
    is_later = cause_class != "rejected"
    assert (answer.status, body["causeClass"]) == (503 if is_later else 502, cause_class)
    assert str(status) in body["detail"]
    assert ("Retry-After" in answer.headers) is is_later


def test_a_bug_is_told_as_one_and_nobody_is_told_to_ask_again(small_estate: Estate, over_http: OverHttp) -> None:
    nothing: Any = object()
    broken = SimpleNamespace(plan=replace(small_estate.app.plan, groups=nothing))
    answer, body = over_http(cast("App", SimpleNamespace(impatient=broken)), {"plan": "configured"})
    assert (answer.status, body["causeClass"]) == (500, "bug")
    assert "AttributeError" in body["detail"]
    assert "Retry-After" not in answer.headers


def test_a_service_that_fails_between_two_parts_is_asked_again_where_it_was(
    estate: Estate, over_http: OverHttp
) -> None:
    estate.generate(450, term=TERM)
    whole = plan(estate.app)
    seconds = iter(range(1_000_000))
    slow = replace(estate.app, runtime=Runtime(now=estate.clock.now, monotonic=lambda: next(seconds) / 6))
    first = slow.plan.part("configured")
    query = {"plan": "configured", "next": first.next or ""}
    estate.purview_fault(".*", times=None, status=503)
    assert over_http(estate.app, query)[0].status == 503
    estate.purview.faults.clear()
    answer, body = over_http(estate.app, query)
    assert answer.status == 200
    assert merged([first, Plan.from_json(body)]).counts == whole.counts


def test_a_password_that_is_refused_is_told_with_its_setting(new_small_estate: NewEstate, over_http: OverHttp) -> None:
    answer, body = over_http(new_small_estate(CLUEDIN_PASSWORD="wrong").app, {"plan": "configured"})
    assert (answer.status, body["causeClass"]) == (503, "config")
    assert "CLUEDIN_PASSWORD" in body["detail"]


def test_a_switch_that_is_off_is_told(new_small_estate: NewEstate) -> None:
    found = plan(new_small_estate(SYNC_ENABLED="false").app)
    assert found.counts == {"create": 2}
    assert "The sync is switched off in SYNC_ENABLED: nothing of this would happen." in found.notes


def test_a_plan_writes_nothing_anywhere(small_estate: Estate) -> None:
    rows = small_estate.stored()
    purview, cluedin = small_estate.purview.log.last_seq, small_estate.cluedin.log.last_seq
    for asked in ("configured", "Customer", "*"):
        plan(small_estate.app, asked)
    assert small_estate.stored() == rows
    asked_for = [one for one in small_estate.purview_log(purview) if one.method not in READING]
    assert [one.operation for one in asked_for if not str(one.operation).endswith("_Query")] == []
    assert {name for name in small_estate.calls(cluedin) if "create" in name.lower()} == set()


class ReadingDoor(StorageDoor):
    """Storage that takes writes until it is shut, and keeps what it then refuses."""

    is_shut = False
    refused: tuple[str, ...] = ()

    def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Response:
        if not self.is_shut or method in READING:
            return super()._exchange(method, url, body, headers)
        self.refused += (f"{method} {url}",)
        return Response(status_code=403, headers={"x-ms-error-code": "AuthorizationPermissionMismatch"})


def test_what_is_asked_needs_no_right_to_write_to_storage(
    azurite_server: Azurite,
    _unused_accounts: Iterator[str],  # noqa: PT019  # it is asked for one
    new_small_estate: NewEstate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_doors(ReadingDoor) as doors:
        doors.lead_to(azurite_server)
        storage = doors.connection_string(azurite_server, next(_unused_accounts))
        estate = new_small_estate(AzureWebJobsStorage=storage)
        estate.tick()
        for door in doors.doors.values():
            door.is_shut = True  # type: ignore[attr-defined]
        monkeypatch.setattr("sync_core.app.triggers.app", lambda: estate.app)
        for query in (
            {"plan": "configured"},
            {"plan": "Customer"},
            {"plan": "*"},
            {"explain": "Orders"},
            {"bundle": "all"},
        ):
            assert triggers.status(query).status == 200
        assert [door.refused for door in doors.doors.values() if door.refused] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("asked", ["configured", "*"])
def test_what_takes_long_is_planned_in_parts(estate: Estate, asked: str) -> None:
    estate.generate(450, term=TERM)
    whole = plan(estate.app, asked)
    seconds = iter(range(1_000_000))
    slow = replace(estate.app, runtime=Runtime(now=estate.clock.now, monotonic=lambda: next(seconds) / 6))
    parts = list(slow.plan.parts(asked))
    assert len(parts) > 2
    found = merged(parts)
    assert found.counts == whole.counts
    assert acts(found) == acts(whole)


@pytest.mark.parametrize("asked", ["configured", "*"])
def test_no_part_of_a_plan_grows_with_the_estate(estate: Estate, asked: str) -> None:
    for name in ("a", "b", "c"):
        estate.generate(900, term=TERM, prefix=name)
        estate.clock.advance(60)
    parts = list(estate.app.plan.parts(asked))
    assert max(len(one.assets) for one in parts) < 2 * LARGEST_PAGE
    assert merged(parts).counts["create"] >= 2700
    assert len({one.guid for part in parts for one in part.assets}) == sum(len(part.assets) for part in parts)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"explain": "a", "plan": "b"}, "plan"),
        ({"plan": "b", "bundle": "all"}, "bundle"),
        ({"plan": "b", "examine": "true"}, "examine"),
        ({"next": "x"}, "next"),
        ({"bundle": "all", "next": "x"}, "next"),
        *(({name: "x" * 4097}, name) for name in ("plan", "explain", "bundle")),
    ],
)
def test_one_thing_is_asked_at_a_time_and_no_book(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], parameter: str
) -> None:
    monkeypatch.setattr("sync_core.app.triggers.app", lambda: small_estate.app)
    answer = triggers.status(query)
    assert (answer.status, json.loads(answer.body)["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("query", "status"),
    [({}, 200), ({"plan": "; ;"}, 400), ({"plan": "Tag@"}, 400), ({"next": "nonsense"}, 400), ({"plan": " "}, 200)],
)
def test_the_route_answers_so(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], status: int
) -> None:
    monkeypatch.setattr("sync_core.app.triggers.app", lambda: small_estate.app)
    answer = triggers.status({"plan": "configured", **query})
    body: Any = json.loads(answer.body)
    assert answer.status == status
    assert status == 200 or body["parameter"] in {"plan", "next"}
    assert ("asked" in body) is (not query)
