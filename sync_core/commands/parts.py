"""Answers in parts: what takes longer than the app may take for one goes on with `next`, and is put together here."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import reduce
from typing import Any

from pydantic.alias_generators import to_snake

from sync_core.answer import LARGEST_PAGE
from sync_core.assets.record import AssetRecord
from sync_core.commands.desk import Desk, JsonObject
from sync_core.errors import TransientError
from sync_core.operations.plan.plan import Plan, merged

Merge = Callable[[Iterator[JsonObject]], JsonObject]
Sleep = Callable[[float], None]
IN_THE_WAY = "inTheWay"
PAUSES_S = (2.0, 10.0, 30.0)


def ask_in_parts(desk: Desk, query: Mapping[str, str], merge: Merge, sleep: Sleep = time.sleep) -> JsonObject:
    """Return a whole answer, without `next`. A part behind the first that fails is asked for again some times.

    Raises:
        TransientError: the first part failed, or another one each time.
    """
    return {name: value for name, value in merge(_parts(desk, query, sleep)).items() if name != "next"}


def _parts(desk: Desk, query: Mapping[str, str], sleep: Sleep) -> Iterator[JsonObject]:
    part = desk.ask(query)
    yield part
    while part.get("next"):
        part = _ask_again(desk, {**query, "next": str(part["next"])}, sleep)
        yield part


def _ask_again(desk: Desk, query: Mapping[str, str], sleep: Sleep) -> JsonObject:
    """Ask for a part until it is answered: one odd answer must not cost the hundred parts before it."""
    for pause_s in PAUSES_S:
        with suppress(TransientError):
            return desk.ask(query)
        sleep(pause_s)
    return desk.ask(query)


def merge_examinations(parts: Iterator[JsonObject]) -> JsonObject:
    """Put the findings of parts together; all is well if each part is."""
    return reduce(_merge_examinations, parts)


def merge_explanations(parts: Iterator[JsonObject]) -> JsonObject:
    """Put parts together: an asset of several has the findings of all."""
    return reduce(_merge_explanations, parts)


def merge_plans(parts: Iterator[JsonObject]) -> JsonObject:
    """Put the parts of a plan together: what is counted adds up."""
    return merged(map(Plan.from_json, parts)).to_json()


def all_assets(desk: Desk) -> Iterator[AssetRecord]:
    """Yield all assets that the app knows, as `status` tells of them."""
    query = {"pageSize": str(LARGEST_PAGE)}
    page = desk.ask(query)["assets"]
    while True:
        for item in page["items"]:
            yield AssetRecord.model_validate({to_snake(name): value for name, value in item.items()})
        if not page["next"]:
            return
        page = desk.ask({**query, "after": str(page["next"])})["assets"]


def _merge_examinations(whole: JsonObject, part: JsonObject) -> JsonObject:
    is_well = bool(whole["isWell"] and part["isWell"])
    return {**part, "isWell": is_well, "findings": [*whole["findings"], *part["findings"]]}


def _merge_explanations(whole: JsonObject, part: JsonObject) -> JsonObject:
    assets = {one["guid"]: one for one in whole["assets"]}
    for one in part["assets"]:
        known = assets.get(one["guid"])
        assets[one["guid"]] = _merge_assets(known, one) if known else one
    about = _about(list(assets.values()))
    own = [one for one in (whole, part) if any(found == one["first"] for found in one["findings"])]
    return {
        **part,
        "findings": [*whole["findings"], *part["findings"]],
        "assets": list(assets.values()),
        "first": _first(*own, *([about] if about else [])),
        "about": about["guid"] if about else None,
    }


def meant(assets: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the assets that a name means: what is no data asset only where nothing else has it."""
    every = list(assets)
    return [one for one in every if not one.get("isLeftOut")] or every


def _about(assets: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    known = [one for one in meant(assets) if one["first"]]
    return next((one for one in known if not one["isWell"]), known[0] if known else None)


def _merge_assets(known: Mapping[str, Any], more: Mapping[str, Any]) -> JsonObject:
    is_well = bool(known["isWell"] and more["isWell"])
    findings = [*known["findings"], *more["findings"]]
    is_left_out = bool(known.get("isLeftOut") or more.get("isLeftOut"))
    told = {**known, "isLeftOut": is_left_out}
    return {**told, "isWhole": more["isWhole"], "isWell": is_well, "findings": findings, "first": _first(known, more)}


def _first(*parts: Mapping[str, Any]) -> Any:
    """Return what stands in the way first, or else what is told first."""
    told = [part["first"] for part in parts if part.get("first")]
    return next((one for one in told if one["weight"] == IN_THE_WAY), told[0] if told else None)
