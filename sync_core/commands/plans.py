"""Saved plans, and what of them happened otherwise."""

import json
from pathlib import Path

from sync_core.commands.desk import Desk, JsonObject
from sync_core.commands.exits import WrongRequestError
from sync_core.commands.parts import all_assets, ask_in_parts, merge_plans
from sync_core.errors import ConfigError, RejectedError, SyncError, ThrottledError, TransientError
from sync_core.operations.plan.compare import compare
from sync_core.operations.plan.plan import Plan

FAILURES: dict[str, type[SyncError]] = {
    ConfigError.cause_class: ConfigError,
    TransientError.cause_class: TransientError,
    ThrottledError.cause_class: TransientError,
}
"""By which error a command ends of what class of failure; of any other the plan is refused."""


def ask_plan(desk: Desk, asked: str) -> JsonObject:
    """Return a plan to its end.

    Raises:
        SyncError: it failed; what was told until then is no plan.
    """
    value = ask_in_parts(desk, {"plan": asked}, merge_plans)
    if not value["failure"]:
        return value
    raise FAILURES.get(str(value["failureClass"]), RejectedError)(str(value["failure"]))


def read_plan(file: Path) -> Plan:
    """Read a plan that was saved.

    Raises:
        WrongRequestError: the file is none, or of one that failed, or of a part.
    """
    try:
        plan = Plan.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise WrongRequestError(f"{file} is no plan that was saved: {type(error).__name__}.") from error
    if plan.failure:
        raise WrongRequestError(f"{file} holds a plan that failed, so there is nothing to compare: {plan.failure}")
    if plan.next:
        raise WrongRequestError(f"{file} holds a part of a plan: save the whole one with `plan -o FILE`.")
    return plan


def compare_plan(desk: Desk, plan: Plan) -> JsonObject:
    """Return how many assets were planned, and which went another way."""
    found = compare(plan, all_assets(desk))
    told = [{**one.planned.model_dump(mode="json", by_alias=True), "found": one.found} for one in found]
    return {"planned": len(plan.assets), "differences": told}
