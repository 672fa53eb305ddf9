"""What people are told: the asset, the reason, the next step, and never more than fits."""

from collections.abc import Callable

import pytest

from sync_core.notifications.announcement import Announcement
from sync_core.notifications.texts import (
    Failure,
    approval_needed,
    assets_retired,
    data_sets_failed,
    synchronization_completed,
)

MANY = 5000


def complete(failures: list[Failure]) -> Announcement:
    return synchronization_completed(created=1, adopted=0, failures=failures)


def test_a_completion_without_failures_asks_for_nothing() -> None:
    assert complete([]).body == "1 created, 0 found in place, 0 failed"


@pytest.mark.parametrize("tell", [complete, data_sets_failed])
def test_what_failed_is_told_with_its_name_its_reason_and_the_next_step(
    tell: Callable[[list[Failure]], Announcement],
) -> None:
    body = tell([Failure("Orders.csv", "CluedIn refused it.")]).body
    assert "'Orders.csv' (CluedIn refused it)" in body
    assert "`python -m sync_core dead-letters`" in body


def test_a_question_names_assets_and_the_command_that_answers_it() -> None:
    body = approval_needed(["Orders", "Customers"], 3).body
    assert body.startswith("2 of 3 assets are no longer found in Purview (Orders, Customers).")
    assert "approve retirement 2 --by" in body


def test_retired_assets_are_told_with_the_way_back() -> None:
    body = assets_retired(["Orders"]).body
    assert "(Orders)" in body
    assert "gets its term again" in body


@pytest.mark.parametrize(
    "told",
    [
        complete([Failure("x" * MANY, "y" * MANY)] * MANY),
        data_sets_failed([Failure("x" * MANY, "y" * MANY)] * MANY),
        approval_needed(["x" * MANY] * MANY, MANY),
        assets_retired(["x" * MANY] * MANY),
    ],
)
def test_a_message_stays_short_however_many_it_is_about(told: Announcement) -> None:
    assert len(told.body) < 5000
    assert ", ..." in told.body
