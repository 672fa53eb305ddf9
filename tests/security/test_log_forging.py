"""What others named or said makes no line of its own in our log, and no secret gets into it."""

import io
import logging
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from sync_core.__main__ import main
from sync_core.app import this_process
from sync_core.logs import get_logger
from sync_core.settings import Settings
from tests.kit.estate import Estate

FORGED = "x'\r\n2026-01-01 ERROR forged by a name\x1b[2K\u2028"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
MARK = "OUR LINE "


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, each record behind a mark of its own."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter(MARK + "%(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def environment_of(settings: Settings) -> dict[str, str]:
    values = {str(field.alias): getattr(settings, name) for name, field in Settings.model_fields.items()}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value not in {None, ()}
    }


def stray_lines(log: io.StringIO) -> list[str]:
    return [line for line in log.getvalue().splitlines() if not line.startswith((MARK, "  | "))]


def test_an_argument_stays_on_the_line(log: io.StringIO) -> None:
    get_logger("sync_core.any").warning("Asset %s is %s after %.1f s", FORGED, {"name": FORGED}, 1.25)
    (line,) = log.getvalue().splitlines()
    assert line.startswith(MARK + r"Asset x'\r\n2026-01-01 ERROR")
    assert line.endswith("after 1.2 s")
    assert "\x1b" not in line


def test_a_traceback_holds_neither_lines_of_others_nor_secrets(log: io.StringIO) -> None:
    error = ValueError(f"{FORGED} Authorization: Bearer {TOKEN}")
    get_logger("sync_core.any").error("It failed", exc_info=error)
    assert "forged by a name" in log.getvalue()
    assert stray_lines(log) == []
    assert TOKEN not in log.getvalue()


def test_lines_of_others_are_left_as_they_are(log: io.StringIO) -> None:
    logging.getLogger("someone.else").warning("%s", "two\nlines")
    assert log.getvalue() == f"{MARK}two\nlines\n"


def test_asking_for_a_logger_twice_makes_its_lines_safe_once(log: io.StringIO) -> None:
    get_logger("sync_core.any")
    get_logger("sync_core.any").warning("%s", "a\nb")
    assert log.getvalue() == MARK + "a\\nb\n"


def test_the_libraries_requests_are_not_logged(log: io.StringIO) -> None:
    for name in ("azure.core.pipeline.policies.http_logging_policy", "urllib3.connectionpool", "msal.token_cache"):
        logging.getLogger(name).debug("GET https://x.example/?sig=%s", "secret")
        logging.getLogger(name).info("GET https://x.example/?sig=%s", "secret")
    assert log.getvalue() == ""


def test_no_name_and_no_answer_forges_a_line_in_a_whole_sync(small_estate: Estate, log: io.StringIO) -> None:
    small_estate.act(
        "add_asset", name=FORGED, qualifiedName=f"https://x.example/{FORGED}", terms=["Sync to CluedIn@Glossary"]
    )
    small_estate.add_foreign_group(FORGED, FORGED)
    small_estate.cluedin_fault("inbound.createDataSourceSet", status=500, body=f"{FORGED} Bearer {TOKEN}")
    refusal = {"errors": [{"message": FORGED, "extensions": {"code": FORGED}}]}
    small_estate.cluedin_fault("inbound.createDataSource$", times=None, status=200, body=refusal)
    small_estate.tick()
    small_estate.work()
    assert small_estate.record_of(FORGED).last_error
    assert "forged" in log.getvalue()
    assert stray_lines(log) == []
    assert TOKEN not in log.getvalue()


def test_a_terminal_is_not_told_what_to_do(
    small_estate: Estate, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small_estate.act(
        "add_asset", name=FORGED, qualifiedName=f"https://x.example/{FORGED}", terms=["Sync to CluedIn@Glossary"]
    )
    small_estate.cluedin_fault("inbound.createDataSourceSet", times=None, status=400, body=FORGED)
    small_estate.tick()
    small_estate.work()
    small_estate.deliver_again()
    for name, value in environment_of(small_estate.app.settings).items():
        monkeypatch.setenv(name, value)
    this_process.cache_clear()
    assert main(["dead-letters"]) == 0
    this_process.cache_clear()
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) == 2 * len(list(small_estate.app.dead_letters.all())) > 0
    assert "\x1b" not in shown
