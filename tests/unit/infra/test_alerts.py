import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.unit.infra.template import REPOSITORY, module, rows

RULES = {str(row["name"]): row for row in rows(module("alerts"), "rules")}
# Sources: azure-sdk-for-net QueueProcessor.cs; Microsoft.Extensions.Diagnostics.HealthChecks; host#11787.
WRITTEN_BY_THE_HOST = {
    "Message has reached MaxDequeueCount",
    "Process reporting unhealthy",
    "Unable to create client for AzureWebJobsStorage",
}
HOST = json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))


def test_there_is_a_rule_for_each_thing_that_an_operator_must_hear_about() -> None:
    assert RULES.keys() == {"dead-letters", "retirement-waits", "failures", "no-discovery", "unhealthy-host"}


def test_every_phrase_that_a_rule_looks_for_is_written_by_the_app_or_the_host() -> None:
    phrases = {phrase for rule in RULES.values() for phrase in re.findall(r'message \w+ "([^"]+)"', str(rule["query"]))}
    ours = phrases - WRITTEN_BY_THE_HOST
    assert phrases >= WRITTEN_BY_THE_HOST
    assert ours
    logged = list(_logged(REPOSITORY / "sync_core"))
    assert [phrase for phrase in ours if not any(phrase in line for line in logged)] == []


def test_everything_that_the_app_logs_as_an_error_raises_an_alert() -> None:
    phrases = re.findall(r'message contains "([^"]+)"', " ".join(str(rule["query"]) for rule in RULES.values()))
    errors = list(_logged(REPOSITORY / "sync_core", "error"))
    assert errors
    assert [line for line in errors if not any(phrase in line for phrase in phrases)] == []


def test_the_heartbeat_watches_the_timer_that_runs_every_minute() -> None:
    rule = RULES["no-discovery"]
    assert (rule["operator"], rule["threshold"], rule["window"]) == ("LessThan", 1, "PT5M")
    [name] = re.findall(r'name == "(\w+)"', str(rule["query"]))
    source = (REPOSITORY / "function_app.py").read_text(encoding="utf-8")
    assert re.search(rf'schedule="0 \* \* \* \* \*".*\ndef {name}\(', source)


def test_failed_runs_count_but_refused_callers_do_not() -> None:
    assert "success == false" in str(RULES["failures"]["query"])
    assert "between (400 .. 499)" in str(RULES["failures"]["query"])


def test_sampling_and_log_levels_keep_what_the_rules_read() -> None:
    sampling = HOST["logging"]["applicationInsights"]["samplingSettings"]
    assert not sampling["isEnabled"] or {"Request", "Trace"} <= set(sampling["excludedTypes"].split(";"))
    levels = HOST["logging"]["logLevel"]
    assert levels["default"] in {"Trace", "Debug", "Information"}
    # The aggregator only repeats what requests say; nothing that a rule reads comes from it.
    assert levels.keys() <= {"default", "Host.Aggregator"}


def test_every_rule_tells_the_operators() -> None:
    source = module("alerts").source.decode()
    assert "for rule in rules" in source
    assert "actionGroups: empty(email) ? [] : [actionGroup.id]" in source


def _logged(place: Path, level: str = "") -> Iterator[str]:
    """Yield the texts that are logged, at one level or at any."""
    for path in [place] if place.is_file() else place.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            is_log = isinstance(node.func.value, ast.Name) and node.func.value.id == "logger"
            if is_log and node.func.attr.startswith(level) and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)
