"""That deliveries arrive without their body is told while it lasts, by one notification, and not otherwise."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync_core.app import App
from sync_core.lineage.webhook.empty_bodies import SEEN, EmptyBodies
from sync_core.lineage.webhook.empty_bodies_seen import EmptyBodiesSeen
from sync_core.lineage.webhook.tell_empty_bodies import TellEmptyBodies
from sync_core.notifications.announcement import LastNotification, NotificationKind
from sync_core.runs.run import RunKind
from sync_core.runs.run_log import RunLog
from tests.kit.lineage_bench import LineageBench, NewBench

CHUNKED = {"content-type": "application/json", "transfer-encoding": "chunked"}
CHECK = "Webhook: deliveries arrive with their body"
NOWHERE = "json://127.0.0.1:9"


def told(app: App) -> tuple[str, str, str]:
    """Return what status, the page and the doctor tell of it."""
    status = json.loads(app.status.answer({}).body)
    page = app.dashboard.answer({}).body
    page = page if isinstance(page, str) else page.decode()
    on_page = "arrive without their body" if "arrive without their body" in page else ""
    findings = {finding.check: finding.detail for finding in app.doctor.examine() if not finding.is_well}
    return status.get("webhookProblem", ""), on_page, findings.get(CHECK, "")


def test_while_bodies_arrive_nobody_speaks_of_it(bench: LineageBench) -> None:
    bench.deliver("925268ec-8908-44e2-8d0c-d83fe50937d0")
    bench.app.reconcile.run()

    assert told(bench.app) == ("", "", "")
    assert "webhookProblem" not in json.loads(bench.app.status.answer({}).body)
    assert CHECK not in [finding.check for finding in bench.app.doctor.examine()]


@pytest.mark.parametrize(("secrets", "status"), [("", 202), ("a secret that is long enough", 401)])
def test_what_is_wrong_and_what_to_do_is_told_everywhere(new_bench: NewBench, secrets: str, status: int) -> None:
    bench = new_bench(WEBHOOK_SECRETS=secrets)
    assert bench.app.data_set_processed.answer(CHUNKED, b"").status == status

    in_status, on_page, by_doctor = told(bench.app)

    assert in_status == by_doctor
    assert "Content-Length" in in_status
    assert ("refused with 401" in in_status) == bool(secrets)
    assert on_page
    bench.app.reconcile.run()
    (run,) = bench.app.runs.latest(RunKind.RECONCILE, 1)
    assert [note for note in run.notes if "without their body" in note]


def test_one_notification_tells_it_until_it_has_ended_for_a_day(new_bench: NewBench) -> None:
    bench = new_bench(NOTIFY_URLS=NOWHERE)
    start = datetime.now(UTC)

    def at(minutes: int) -> EmptyBodies:
        return replace(bench.app.empty_bodies, clock=lambda: start + timedelta(minutes=minutes))

    def is_notified(minutes: int) -> bool:
        before = bench.app.notes("notification").load(LastNotification, NotificationKind.WEBHOOK_BODIES_MISSING)
        TellEmptyBodies(at(minutes), bench.app.notify).tell(RunLog("run", start))
        return bench.app.notes("notification").load(LastNotification, NotificationKind.WEBHOOK_BODIES_MISSING) != before

    sent = []
    for minute in (0, 5, 600, 1300, 1300 + 23 * 60):
        at(minute).note(refused=False)
        sent.append(is_notified(minute))
    assert sent == [True, False, False, False, False]

    over = 1300 + 23 * 60 + 24 * 60 + 1
    assert at(over).explain() == ""
    at(over).note(refused=True)
    assert is_notified(over)


def test_it_is_noted_once_a_minute(bench: LineageBench) -> None:
    start = datetime.now(UTC)
    for seconds in range(0, 150, 10):
        replace(bench.app.empty_bodies, clock=lambda: start + timedelta(seconds=seconds)).note(refused=False)  # noqa: B023

    seen = bench.app.cursors.load(EmptyBodiesSeen, SEEN)
    assert seen is not None
    assert (seen.last_at - seen.first_at) == timedelta(seconds=120)
