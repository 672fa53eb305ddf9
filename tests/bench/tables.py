"""A table service in memory: `python -m tests.bench.tables`. Azurite takes the longer for a row the more there are.

It speaks what the app's door says, over HTTP: inserts, merges, conditions by ETag, transactions, queries with
continuation. Rows are kept as they came, as JSON; nobody is authenticated. Source: Microsoft, "Table service REST API".
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sortedcontainers import SortedDict

from local.listening import announce

LARGEST_PAGE = 1000
KEY = re.compile(r"\(PartitionKey='((?:[^']|'')*)',RowKey='((?:[^']|'')*)'\)")
BOUND = re.compile(r"(PartitionKey|RowKey) (eq|ge|gt|le|lt) '((?:[^']|'')*)'")
TOKEN = re.compile(r"'(?:[^']|'')*'|[()]|[\w.:+-]+")
OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
ERRORS = {409: "EntityAlreadyExists", 404: "ResourceNotFound", 412: "UpdateConditionNotSatisfied"}
SAID_BY_JSON = ("Edm.String", "Edm.Boolean", "Edm.Int32")
Key = tuple[str, str]
Stored = tuple[str, str, str]
Headers = Mapping[str, str] | Message
Row = dict[str, Any]


class RefusedError(Exception):
    """An operation that the state of its row forbids; `status` says how."""

    def __init__(self, status: int) -> None:
        super().__init__(ERRORS[status])
        self.status = status


class Rows:
    """The rows of one table, in the order of their keys: JSON, ETag and time of each."""

    def __init__(self) -> None:
        self.rows: SortedDict = SortedDict()
        self._versions = count(1)

    def write(self, key: Key, values: Row, *, condition: str | None, merges: bool, inserts: bool) -> str:
        """Insert, merge or replace a row, and return its ETag."""
        stored: Stored | None = self.rows.get(key)
        if inserts and stored:
            raise RefusedError(HTTPStatus.CONFLICT)
        _check(stored, condition)
        before = json.loads(stored[0]) if stored and merges else {}
        etag = f"W/\"datetime'{next(self._versions)}'\""
        written_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
        kept = {name: value for name, value in values.items() if value not in SAID_BY_JSON}
        self.rows[key] = (json.dumps({**before, **kept}), etag, written_at)
        return etag

    def delete(self, key: Key, condition: str | None) -> str:
        """Delete a row."""
        _check(self.rows.get(key), condition or "*")
        del self.rows[key]
        return ""

    def get(self, key: Key) -> Row:
        """Return a row as it is told."""
        stored = self.rows.get(key)
        if stored is None:
            raise RefusedError(HTTPStatus.NOT_FOUND)
        return _told(key, stored)

    def query(self, condition: str, after: Key | None, most: int) -> tuple[list[Row], Key | None]:
        """Return a page of what a condition finds, and where the next one begins."""
        bounds = {(name, operator): value.replace("''", "'") for name, operator, value in BOUND.findall(condition)}
        partition = bounds.get(("PartitionKey", "eq"))
        low = (partition, bounds.get(("RowKey", "ge"), bounds.get(("RowKey", "gt"), ""))) if partition else None
        end = bounds.get(("RowKey", "lt")) if partition else None
        fits, found = _compiled(condition), list[Row]()
        for key in self.rows.irange(max(filter(None, (low, after)), default=None)):
            if partition is not None and (key[0] != partition or (end is not None and key[1] >= end)):
                break
            if fits(row := _told(key, self.rows[key])):
                if len(found) == most:
                    return found, key
                found.append(row)
        return found, None


def _check(stored: Stored | None, condition: str | None) -> None:
    if condition and stored is None:
        raise RefusedError(HTTPStatus.NOT_FOUND)
    if condition and stored and condition not in {"*", stored[1]}:
        raise RefusedError(HTTPStatus.PRECONDITION_FAILED)


def _told(key: Key, stored: Stored) -> Row:
    values = json.loads(stored[0])
    return {**values, "PartitionKey": key[0], "RowKey": key[1], "Timestamp": stored[2], "odata.etag": stored[1]}


@lru_cache(200)
def _compiled(condition: str) -> Callable[[Row], bool]:
    """Return a filter of OData as a function; what a row lacks fits no comparison."""
    tokens, words = TOKEN.findall(condition), list[str]()
    for number, token in enumerate(tokens):
        before, after = tokens[number - 1] if number else "", tokens[number + 1] if number + 1 < len(tokens) else ""
        if token in OPERATORS and before:
            words[-1] = f"(row.get({before!r}) is not None and row[{before!r}] {OPERATORS[token]} {_literal(after)})"
        elif before not in OPERATORS:
            words.append(token)
    code = f"lambda row: bool({' '.join(words) or 'True'})"
    made: Callable[[Row], bool] = eval(code)  # noqa: S307  # our own queries, on a machine of our own
    return made


def _literal(token: str) -> str:
    if token.startswith("'"):
        return repr(token[1:-1].replace("''", "'"))
    return token.capitalize() if token in {"true", "false"} else token.rstrip("L")


class Service:
    """All accounts' tables. One operation at a time."""

    def __init__(self) -> None:
        self.tables: dict[str, Rows] = {}
        self.lock = threading.Lock()

    def operate(self, method: str, path: str, headers: Headers, body: bytes) -> tuple[int, str]:
        """Carry out one operation on a row; return the status and the ETag."""
        rows = self.tables.setdefault(_table(path), Rows())
        condition, found = headers.get("If-Match"), KEY.search(path)
        values: Row = json.loads(body) if body else {}
        if not found:
            key = values["PartitionKey"], values["RowKey"]
            return HTTPStatus.NO_CONTENT, rows.write(key, values, condition=None, merges=False, inserts=True)
        key = _key(found)
        if method == "DELETE":
            return HTTPStatus.NO_CONTENT, rows.delete(key, condition)
        etag = rows.write(key, values, condition=condition, merges=method != "PUT", inserts=False)
        return HTTPStatus.NO_CONTENT, etag

    def transact(self, content_type: str, body: bytes) -> str:
        """Carry out a transaction, all of it or nothing, and return the answer's parts."""
        undo: list[tuple[Rows, Key, Stored | None]] = []
        answers = []
        for part in _operations(content_type, body):
            head, _, own = part.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            method, url, _ = first.split(" ", 2)
            headers = dict(line.split(": ", 1) for line in lines)
            path = unquote(urlsplit(url).path)
            undo.append(self._before(path, own))
            try:
                status, etag = self.operate(method, path, headers, own)
            except RefusedError as error:
                for rows, key, stored in reversed(undo[:-1]):
                    rows.rows.pop(key, None)
                    if stored:
                        rows.rows[key] = stored
                return _part(error.status, "", _error(error.status))
            answers.append(_part(status, etag, ""))
        return "".join(answers)

    def _before(self, path: str, body: bytes) -> tuple[Rows, Key, Stored | None]:
        rows, found = self.tables.setdefault(_table(path), Rows()), KEY.search(path)
        values = json.loads(body) if body else {}
        key = _key(found) if found else (values["PartitionKey"], values["RowKey"])
        return rows, key, rows.rows.get(key)


def _operations(content_type: str, body: bytes) -> list[bytes]:
    """Return the requests of a transaction, which is one change set in one envelope.

    The standard library's parser of mails, and half a minute for each 10,000 records of a seed, would do the same.
    """
    _, _, envelope = content_type.partition("boundary=")
    inner = body.split(f"--{envelope}".encode())[1]
    head, _, changes = inner.strip().partition(b"\r\n\r\n")
    _, _, boundary = head.partition(b"boundary=")
    parts = changes.split(b"--" + boundary.strip())[1:-1]
    return [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]


def _table(path: str) -> str:
    return path.partition("(")[0].rstrip("/")


def _key(found: re.Match[str]) -> Key:
    partition, row_key = (part.replace("''", "'") for part in found.groups())
    return partition, row_key


def _error(status: int) -> str:
    return json.dumps({"odata.error": {"code": ERRORS[status], "message": {"lang": "en-US", "value": "refused"}}})


def _part(status: int, etag: str, body: str) -> str:
    tag = f"ETag: {etag}\r\n" if etag else ""
    answer = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n{tag}\r\n{body}\r\n"
    return f"--changes\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{answer}\r\n"


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves as a whole
    disable_nagle_algorithm = True
    service = Service()

    def handle_one(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        try:
            with self.service.lock:
                self._answer(unquote(parts.path), parse_qs(parts.query), body)
        except RefusedError as error:
            self._send(error.status, _error(error.status), {"x-ms-error-code": ERRORS[error.status]})

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer each method, `do_GET` and so on, alike."""
        if name.startswith("do_"):
            return self.handle_one
        raise AttributeError(name)

    def _answer(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        if path.endswith("/$batch"):
            content = self.service.transact(self.headers["Content-Type"], body)
            head = "--all\r\nContent-Type: multipart/mixed; boundary=changes\r\n\r\n"
            inner = f"{head}{content}--changes--\r\n--all--\r\n"
            self._send(HTTPStatus.ACCEPTED, inner, {"Content-Type": "multipart/mixed; boundary=all"})
        elif path.endswith("/Tables"):
            self._send(HTTPStatus.CREATED, body.decode(), {})
        elif self.command != "GET":
            status, etag = self.service.operate(self.command, path, self.headers, body)
            self._send(status, "", {"ETag": etag} if etag else {})
        elif found := KEY.search(path):
            row = self.service.tables.setdefault(_table(path), Rows()).get(_key(found))
            self._send(HTTPStatus.OK, json.dumps(row), {"ETag": row["odata.etag"]})
        else:
            self._send_page(self.service.tables.setdefault(_table(path), Rows()), query)

    def _send_page(self, rows: Rows, query: dict[str, list[str]]) -> None:
        following_key = (query.get("NextPartitionKey", [""])[0], query.get("NextRowKey", [""])[0])
        after = following_key if following_key[0] else None
        most = min(int(query.get("$top", [str(LARGEST_PAGE)])[0]), LARGEST_PAGE)
        found, following = rows.query(query.get("$filter", [""])[0], after, most)
        if columns := query.get("$select", [""])[0]:
            wanted = {*columns.split(","), "odata.etag"}
            found = [{name: value for name, value in row.items() if name.partition("@")[0] in wanted} for row in found]
        names = ("x-ms-continuation-NextPartitionKey", "x-ms-continuation-NextRowKey")
        self._send(HTTPStatus.OK, json.dumps({"value": found}), dict(zip(names, following or (), strict=False)))

    def _send(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve tables of its own from a thread of this process for as long as the block lasts, and yield its address."""
    own = type("OwnHandler", (Handler,), {"service": Service()})
    with ThreadingHTTPServer(("127.0.0.1", 0), own) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def main() -> None:
    """Serve on a free port, and say where."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        announce("tables", f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()


if __name__ == "__main__":
    main()
