"""Saved plans, and what of them happened otherwise."""

from pathlib import Path

from pydantic import ValidationError

from sync_core.commands.desk import Desk, JsonObject
from sync_core.commands.exits import WrongRequestError
from sync_core.commands.parts import all_assets
from sync_core.json_decoding import decode
from sync_core.operations.plan.compare import compare
from sync_core.operations.plan.plan import Plan


def read_plan(file: Path) -> Plan:
    """Read a plan that was saved.

    Raises:
        WrongRequestError: the file is none, or of a part.
    """
    try:
        plan = Plan.from_json(decode(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        why = f"{place}: {first['msg']}. Another version of the app may have saved it: save one anew."
        raise WrongRequestError(f"{file} is no plan that this version reads: {why}") from error
    except (OSError, ValueError) as error:
        raise WrongRequestError(f"{file} is no plan that was saved: {type(error).__name__}.") from error
    if plan.next:
        raise WrongRequestError(f"{file} holds a part of a plan: save the whole one with `plan -o FILE`.")
    return plan


def compare_plan(desk: Desk, plan: Plan) -> JsonObject:
    """Return how many assets were planned, and which went another way."""
    found = compare(plan, all_assets(desk))
    told = [{**one.planned.model_dump(mode="json", by_alias=True), "found": one.found} for one in found]
    return {"planned": len(plan.assets), "differences": told}
