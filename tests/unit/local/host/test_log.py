import json
import logging

from local.host.log import JsonFormatter, PlainFormatter, configure_logging, current_invocation


def make_record(message: str, **extra: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": message, "levelno": logging.WARNING, "levelname": "WARNING", "name": "app"})
    vars(record).update(extra)
    return record


def test_a_json_line_carries_function_invocation_and_extra_fields() -> None:
    token = current_invocation.set(("tick", "id-1"))
    try:
        line = json.loads(JsonFormatter().format(make_record("done", assets=18)))
    finally:
        current_invocation.reset(token)
    assert (line["message"], line["function"], line["invocation_id"], line["assets"]) == ("done", "tick", "id-1", 18)


def test_a_plain_line_has_time_and_mark() -> None:
    line = PlainFormatter().format(make_record("done"))
    assert line.startswith("[20")
    assert line.endswith("Z] WARNING done")


def test_loggers_that_azure_hides_are_hidden() -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        configure_logging("plain")
        shown = root.handlers[0].filter(logging.makeLogRecord({"name": "sync_core.flows"}))
        hidden = root.handlers[0].filter(logging.makeLogRecord({"name": "azure.functions.mine"}))
    finally:
        root.handlers[:], root.level = before
        logging.captureWarnings(capture=False)
    assert shown
    assert not hidden
