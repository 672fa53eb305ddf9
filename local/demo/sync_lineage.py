"""Second half of the demonstration: a data set is processed in CluedIn, and its lineage stands in Purview."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from local.cluedin.behaviour.signatures import sign
from local.cluedin.driver import Driver
from local.demo import engineer
from local.demo.check_lineage import (
    check_calls,
    check_chain,
    check_columns,
    check_data_set,
    check_nothing_left,
)
from local.demo.drawing import draw_lineage, name_chain, show_columns
from local.demo.engineer import CHANGED_MAPPING, DATA_SET, FIRST_MAPPING, LEFT_OUT, SOURCE
from local.demo.lineage import DEPTH, Lineage, fetch_lineage
from local.demo.purview import TaggedAsset
from local.demo.requests_seen import watch
from local.demo.stage import Stage
from local.stack import TERM, WEBHOOK_SECRET


def show_lineage(stage: Stage) -> None:
    """A data engineer processes a data set; CluedIn calls the webhook, Purview shows the lineage."""
    report, asset = stage.report, find_source(stage)
    report.begin("4. A data set is processed in CluedIn, and its lineage stands in Purview")
    report.say(
        f"A data engineer loads '{DATA_SET}' into the data source of '{asset.name}', maps it to "
        f"'{FIRST_MAPPING.entity_type_name}' and processes it. CluedIn calls the webhook:"
    )
    cluedin = Driver(stage.stack.cluedin.url)
    started_s = time.monotonic()
    engineer.load(cluedin)
    check_calls(stage, engineer.wait_for_delivery(cluedin))
    stage.wait_for_lineage()
    took_s = time.monotonic() - started_s
    lineage = read_lineage(stage)
    report.say(f"Purview's lineage of '{asset.name}', {DEPTH} steps downstream, {took_s:.1f} s after the upload:")
    report.show(draw_lineage(lineage))
    show_columns(report, lineage, LEFT_OUT)
    check_chain(stage, lineage, FIRST_MAPPING)
    check_columns(stage, lineage, FIRST_MAPPING)
    check_data_set(stage, lineage)


def show_repetition(stage: Stage) -> None:
    """The same event again, and a new event that brings nothing new: nothing is written."""
    stage.report.begin("5. The same webhook comes again")
    delivery = engineer.wait_for_delivery(Driver(stage.stack.cluedin.url))
    before = stage.purview.count_entities()
    _repeat_event(stage, delivery)
    _process_unchanged(stage, _data_set_id(delivery))
    stage.report.check("there is no entity more than before", holds=stage.purview.count_entities() == before)


def show_changed_mapping(stage: Stage) -> None:
    """The mapping loses a column and names another entity type: the edge moves, nothing is left behind."""
    report, cluedin = stage.report, Driver(stage.stack.cluedin.url)
    report.begin("6. The mapping changes")
    before = read_lineage(stage)
    report.say(
        f"The data engineer leaves out 'Email' too, maps to '{CHANGED_MAPPING.entity_type_name}' instead of "
        f"'{FIRST_MAPPING.entity_type_name}', and processes the data set again:"
    )
    data_set_id = _data_set_id(engineer.wait_for_delivery(cluedin))
    engineer.change_mapping(cluedin, data_set_id, CHANGED_MAPPING)
    _process(stage, data_set_id)
    lineage = read_lineage(stage)
    report.say(name_chain(lineage))
    show_columns(report, lineage, LEFT_OUT)
    check_chain(stage, lineage, CHANGED_MAPPING)
    check_columns(stage, lineage, CHANGED_MAPPING)
    check_nothing_left(stage, before, lineage)


def find_source(stage: Stage) -> TaggedAsset:
    """Return the asset into whose data source the data set is loaded."""
    assets = stage.purview.fetch_tagged_assets(stage.purview.fetch_term_guid(TERM))
    return next(asset for asset in assets if asset.qualified_name == SOURCE)


def read_lineage(stage: Stage) -> Lineage:
    """Read what Purview shows downstream of that asset."""
    return fetch_lineage(stage.purview, find_source(stage).guid)


def _process(stage: Stage, data_set_id: str) -> None:
    """Press Process, and wait until the app has done its work."""
    cluedin = Driver(stage.stack.cluedin.url)
    engineer.process(cluedin, data_set_id)
    engineer.wait_for_delivery(cluedin)
    stage.wait_for_lineage()


def _repeat_event(stage: Stage, delivery: dict[str, Any]) -> None:
    with watch(stage.stack.purview.url) as purview, watch(stage.stack.cluedin.url) as cluedin:
        answer = _deliver_again(stage, delivery)
        stage.wait_for_lineage()
    stage.report.check(
        "it is answered 202, as a duplicate",
        holds=(answer.status_code, answer.json().get("status")) == (requests.codes.accepted, "duplicate"),
        detail=f"{answer.status_code} {answer.text}",
    )
    stage.report.check(
        "Purview and CluedIn are not even asked",
        holds=not purview.requests and not cluedin.requests,
        detail=_count_methods(purview.requests + cluedin.requests),
    )


def _process_unchanged(stage: Stage, data_set_id: str) -> None:
    stage.report.say("The data set is processed once more, with the same mapping and the same records: a new event.")
    with watch(stage.stack.purview.url) as purview:
        _process(stage, data_set_id)
    methods = {request["method"] for request in purview.requests}
    stage.report.check(
        "Purview is read, and nothing is written", holds=methods == {"GET"}, detail=_count_methods(purview.requests)
    )


def _deliver_again(stage: Stage, delivery: dict[str, Any]) -> requests.Response:
    """Send the very same event, as CluedIn does when an answer got lost: same id, same body, signed anew."""
    body = delivery["body"].encode()
    signature = sign(body, delivery["id"], datetime.now(UTC), (WEBHOOK_SECRET,), ("standard", "cluedin"))
    headers = {"Content-Type": "application/json", "x-functions-key": stage.stack.function_key, **signature}
    url = f"{stage.stack.function_url}/webhooks/cluedin/data-set-processed"
    return requests.post(url, data=body, headers=headers, timeout=30)


def _data_set_id(delivery: dict[str, Any]) -> str:
    return str(json.loads(delivery["body"])["dataSetId"])


def _count_methods(requests_seen: Sequence[dict[str, Any]]) -> str:
    counts = Counter(request["method"] for request in requests_seen)
    return ", ".join(f"{count} {method}" for method, count in counts.items()) or "no request"
