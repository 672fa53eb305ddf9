"""The two simulated services over HTTP, as people use them: what a test does there, and what stands there now."""

import threading
from dataclasses import dataclass
from typing import Any

import requests

from local.stack import TERM

TIMEOUT_S = 30
ATLAS = "/datamap/api/atlas/v2"
OWN_PREFIX = "cluedin_"
GUIDS_A_CALL = 50

_sessions = threading.local()


def _session() -> requests.Session:
    """One for each thread: a fresh connection for every look would cost more than the look."""
    if not hasattr(_sessions, "own"):
        _sessions.own = requests.Session()
    session: requests.Session = _sessions.own
    return session


@dataclass(frozen=True)
class Simulated:
    """A service with the admin routes of every simulator."""

    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Use an admin route; returns the decoded answer."""
        answer = _session().request(method, f"{self.url}/_simulator{path}", json=body, timeout=TIMEOUT_S)
        assert answer.ok, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def act(self, path: str, **body: Any) -> Any:
        """Do what a person does."""
        return self.call("POST", path, body)

    def state(self) -> Any:
        """Return all that stands there."""
        return self.call("GET", "/state")

    def fault(self, operation: str = "", *, path: str = "", times: int | None = 1, skip: int = 0, **more: Any) -> int:
        """Let calls fail; `more` are the members of `Effect`, and `probability` and `seed` of `Fault`.

        `url` and `said` are searched in the path with its query, and in the body.
        """
        about = (("url", more.pop("url", "")), ("body", more.pop("said", "")))
        rule = {name: more.pop(name) for name in ("probability", "seed") if name in more}
        match = {name: value for name, value in (("operation", operation), ("path", path), *about) if value}
        answer = self.call("POST", "/faults", {"match": match, "times": times, "skip": skip, "effect": more, **rule})
        (number,) = answer["ids"]
        return int(number)

    def has_fired(self, number: int) -> bool:
        """Whether a fault struck."""
        return any(fault["fired"] for fault in self.call("GET", "/faults") if fault["id"] == number)

    def clear_faults(self) -> None:
        """All is well again."""
        self.call("DELETE", "/faults")

    def requests_since(self, seq: int = 0) -> list[dict[str, Any]]:
        """Return what was asked of it."""
        found: list[dict[str, Any]] = self.call("GET", f"/requests?since={seq}")["requests"]
        return found

    def last_seq(self) -> int:
        """Return the number of the newest request."""
        return int(self.call("GET", "/requests?since=1000000000")["last_seq"])


@dataclass(frozen=True)
class Account(Simulated):
    """Microsoft Purview."""

    def add_asset(self, name: str, qualified_name: str, *, tagged: bool = True) -> str:
        """A scan finds a file; returns its guid."""
        terms = [TERM] if tagged else []
        return str(self.act("/assets", name=name, qualifiedName=qualified_name, terms=terms)["guid"])

    def tag(self, asset: str) -> None:
        """Give an asset the term."""
        self.act("/tag", asset=asset, term=TERM)

    def untag(self, asset: str) -> None:
        """Take the term from an asset."""
        self.act("/untag", asset=asset, term=TERM)

    def add_term(self, name: str) -> None:
        """A steward adds a term to the glossary."""
        (glossary,) = self.ask("GET", "/glossary")
        anchor = {"glossaryGuid": glossary["guid"]}
        self.ask("POST", "/glossary/term", json={"name": name, "status": "Approved", "anchor": anchor})

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Use the service's own API, as a person with every role; returns the decoded answer."""
        headers = {"Authorization": "Bearer a person"}
        params = {"api-version": "2023-09-01", **more.pop("params", {})}
        url = f"{self.url}{ATLAS}{path}"
        answer = _session().request(method, url, params=params, headers=headers, timeout=TIMEOUT_S, **more)
        assert answer.ok, answer.text
        return answer.json()

    def own_entities(self) -> list[dict[str, Any]]:
        """Return the entities of the app's own types that are active, with their attributes and relations."""
        guids = [each["guid"] for each in self.state()["entities"] if each["typeName"].startswith(OWN_PREFIX)]
        entities: list[dict[str, Any]] = []
        for start in range(0, len(guids), GUIDS_A_CALL):
            chunk = {"guid": guids[start : start + GUIDS_A_CALL]}
            entities += self.ask("GET", "/entity/bulk", params=chunk)["entities"]
        return entities


@dataclass(frozen=True)
class Organization(Simulated):
    """CluedIn."""

    def load(self, source: str, name: str, mapping: dict[str, str], entity_type: str, *, process: bool = True) -> str:
        """An engineer loads a data set, maps it and processes it; returns its id. No webhook is called."""
        body = {"source": source, "name": name, "mapping": mapping, "entity_type": entity_type, "process": process}
        made = self.act("/data-sets/load", rows=[dict.fromkeys(mapping, 1)], webhook=False, **body)
        return str(made["data_set_id"])

    def remap(self, data_set_id: str, mapping: dict[str, str], entity_type: str) -> None:
        """The engineer maps it in another way."""
        self.act("/data-sets/map", data_set_id=data_set_id, mapping=mapping, entity_type=entity_type)

    def unmap(self, data_set_id: str) -> None:
        """The engineer drops the mapping."""
        self.act("/data-sets/unmap", data_set_id=data_set_id)

    def process(self, data_set_id: str) -> None:
        """The engineer presses the button. No webhook is called."""
        self.act("/data-sets/process", data_set_id=data_set_id, webhook=False)
