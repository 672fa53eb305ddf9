"""Answering search queries: paging with continuation tokens on top of filters and order.

Source: docs/vendors/purview.md, section 1 "continuationToken" and example Discovery_Query_PaginationFirstPage.
"""

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from local.purview.behaviour.collections import Collections
from local.purview.behaviour.types import TypeRegistry
from local.purview.model import Json
from local.purview.search.documents import Document
from local.purview.search.facets import count_facets
from local.purview.search.filters import FilterEvaluator, bad_request
from local.purview.search.index import SearchIndex
from local.purview.search.ordering import order
from local.purview.switches import PurviewSwitches
from local.simulation import ConnectionLostError

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
SESSIONS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a result; `facets` is None when none were asked for, `token` when it is the last page."""

    total: int
    documents: list[Document]
    token: str | None
    facets: Json | None


@dataclass(frozen=True, slots=True)
class _Session:
    request_hash: str
    documents: list[Document]
    started_ms: int


class Search:
    """Runs queries and remembers their results for the pages to come."""

    def __init__(self, index: SearchIndex, types: TypeRegistry, collections: Collections) -> None:
        self._index, self._types, self._collections = index, types, collections
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def query(self, body: Json, readable: frozenset[str], switches: PurviewSwitches, now_ms: int) -> Page:
        """One page; `readable` are the collections whose assets the caller sees: the others are silently left out."""
        limit = _read_number(body, "limit", DEFAULT_LIMIT)
        if limit > MAX_LIMIT:
            raise bad_request(f"limit {limit} is greater than the maximum {MAX_LIMIT}")
        session_id, session, offset = self._open(body, readable, switches, now_ms)
        if switches.deep_paging_limit is not None and offset + limit > switches.deep_paging_limit:
            raise ConnectionLostError(f"paging beyond {switches.deep_paging_limit}")
        documents = session.documents[offset : offset + limit]
        end = offset + len(documents)
        more = end < len(session.documents) and documents
        token = _write_token(session_id, end, session.request_hash) if more else None
        facets = count_facets(session.documents, body["facets"]) if body.get("facets") else None
        return Page(len(session.documents), documents, token, facets)

    def _open(
        self, body: Json, readable: frozenset[str], switches: PurviewSwitches, now_ms: int
    ) -> tuple[str, _Session, int]:
        """The session, new or continued, and where its next page starts."""
        request_hash = _hash(body)
        token = body.get("continuationToken")
        if not token:
            offset = _read_number(body, "offset", 0)
            return *self._start(body, request_hash, readable, switches, now_ms), offset
        session_id, offset, token_hash = _read_token(token)
        session = self._sessions.get(session_id)
        if session is not None and switches.token_ttl_s and now_ms - session.started_ms > switches.token_ttl_s * 1000:
            raise bad_request("the continuationToken has expired")
        if token_hash != request_hash:
            if switches.token_after_body_change == "refused":
                raise bad_request("the continuationToken does not belong to this request")
            if switches.token_after_body_change == "ignored":
                return *self._start(body, request_hash, readable, switches, now_ms), 0
        elif session is None or not switches.stable_paging:
            return *self._start(body, request_hash, readable, switches, now_ms), offset
        if session is None:
            raise bad_request("the continuationToken is not valid any more")
        return session_id, session, offset

    def _start(
        self, body: Json, request_hash: str, readable: frozenset[str], switches: PurviewSwitches, now_ms: int
    ) -> tuple[str, _Session]:
        evaluator = FilterEvaluator(self._index, self._types, self._collections, switches, now_ms)
        numbers = evaluator.evaluate(body["filter"]) if body.get("filter") else self._index.live
        documents = [self._index[number] for number in sorted(self._trim(numbers, readable))]
        found = order(_match(documents, body.get("keywords")), body.get("orderby") or [])
        session_id = str(uuid4())
        self._sessions[session_id] = _Session(request_hash, found, now_ms)
        if len(self._sessions) > SESSIONS_KEPT:
            self._sessions.popitem(last=False)
        return session_id, self._sessions[session_id]

    def _trim(self, numbers: AbstractSet[int], readable: frozenset[str]) -> AbstractSet[int]:
        for collection in self._collections:
            if collection.name not in readable:
                numbers = numbers - self._index.having("collectionId", collection.name)
        return numbers


def _match(documents: list[Document], keywords: Any) -> list[Document]:
    """Each word must occur in name, qualified name, description or a term; the service's ranking is not simulated."""
    words = str(keywords or "*").lower().replace("*", " ").split()
    return [each for each in documents if all(word in _text(each) for word in words)] if words else documents


def _text(document: Document) -> str:
    terms = " ".join(term.name for term in document.terms)
    return f"{document.name} {document.qualified_name} {document.attributes.get('description')} {terms}".lower()


def _read_number(body: Json, key: str, default: int) -> int:
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise bad_request(f"{key} must be a number from 0, got {value!r}")
    return value


def _hash(body: Json) -> str:
    rest = {key: value for key, value in body.items() if key != "continuationToken" and value is not None}
    return hashlib.md5(json.dumps(rest, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def _write_token(session_id: str, offset: int, request_hash: str) -> str:
    content = {"sessionId": session_id, "offset": offset, "requestHash": request_hash}
    return base64.b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


def _read_token(token: Any) -> tuple[str, int, str]:
    try:
        content = json.loads(base64.b64decode(str(token), validate=True))
        return str(content["sessionId"]), int(content["offset"]), str(content["requestHash"])
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request("the continuationToken is not valid") from error
