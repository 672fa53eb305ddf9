"""Questions about assets, asked of an app at work on the estate."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.estate import Estate

Ask = Callable[[Estate, str], Any]


@pytest.fixture
def ask() -> Ask:
    """Ask why an asset is not there, as `GET status?explain=` does, and follow `next`."""

    def ask(estate: Estate, text: str) -> Any:
        query, findings, assets = {"explain": text}, list[Any](), dict[str, Any]()
        while True:
            answer = estate.app.explain.answer(query)
            assert answer.status == 200, answer.body
            body = json.loads(answer.body)
            findings += body["findings"]
            for one in body["assets"]:
                known = assets.setdefault(one["guid"], {**one, "findings": []})
                known["findings"] += one["findings"]
            if not body["next"]:
                return {"findings": findings, "assets": list(assets.values())}
            query["next"] = body["next"]

    return ask
