import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.infra.kql import count
from tests.unit.infra.template import KINDS, REPOSITORY, Resource, resource, resources

PREFIX = "cluedin-sync"
RULES = {
    each["name"].removeprefix(f"{PREFIX}-"): each["properties"]
    for each in resources("Microsoft.Insights/scheduledQueryRules")
}
# Sources: azure-sdk-for-net QueueProcessor.cs; Microsoft.Extensions.Diagnostics.HealthChecks; azure-functions-host
# WebScriptHostExceptionHandler.cs, RpcFunctionInvocationDispatcher.cs; host#11787. Host 4.1037 was seen to write them.
WRITTEN_BY_THE_HOST = {
    "Message has reached MaxDequeueCount of 5. Moving message to queue 'asset-sync-poison'.": "dead-letters",
    "Process reporting unhealthy: Unhealthy.": "unhealthy-host",
    "[Tag='az.functions.web_host.lifecycle'] Process reporting unhealthy: Unhealthy.": "unhealthy-host",
    "[Tag=''] Process reporting unhealthy: Unhealthy. Health check entries are ...": "unhealthy-host",
    "Unable to create client for AzureWebJobsStorage": "unhealthy-host",
    "An unhandled exception has occurred. Host is shutting down.": "host-stopped",
    "Exceeded language worker restart retry count for runtime:python. Shutting down and proactively recycling the "
    "Functions Host to recover": "host-stopped",
}
HOST = json.loads((REPOSITORY / "host.json").read_text(encoding="utf-8"))
FUNCTIONS = (REPOSITORY / "function_app.py").read_text(encoding="utf-8")


def found_by(rule: str, table: str, /, **row: str) -> bool:
    """Whether a rule's query finds a row of a table."""
    return count(_query(rule), table, [row]) == 1


def request(name: str, *, success: bool, code: str = "0") -> dict[str, str]:
    """Return a run as Application Insights keeps it; a run that answers no HTTP request has the code 0, or none."""
    return {"name": name, "success": str(success).lower(), "resultCode": code}


def test_there_is_a_rule_for_each_thing_that_an_operator_must_hear_about() -> None:
    assert RULES.keys() == {
        "dead-letters",
        "retirement-waits",
        "hidden-assets",
        "types-left-out",
        "terms-paused",
        "failures",
        "no-discovery",
        "reconcile-fails",
        "no-reconcile",
        "unhealthy-host",
        "host-stopped",
    }


def test_every_phrase_that_a_rule_looks_for_is_written_by_the_app_or_the_host() -> None:
    phrases = {phrase for rule in RULES for phrase in re.findall(r'message \w+ "([^"]+)"', _query(rule))}
    ours = {phrase for phrase in phrases if not any(phrase in line for line in WRITTEN_BY_THE_HOST)}
    assert ours
    assert ours < phrases
    logged = list(_logged(REPOSITORY / "sync_core"))
    assert [phrase for phrase in ours if not any(phrase in line for line in logged)] == []


def test_everything_that_the_app_logs_as_an_error_raises_an_alert() -> None:
    errors = [line for _, line in _errors(with_traceback=False)]
    assert errors
    silent = [line for line in errors if not any(found_by(name, "traces", message=line) for name in RULES)]
    assert silent == []


def test_an_error_with_its_traceback_is_told_to_whoever_asked_or_made_good_by_the_next_tick() -> None:
    # Such lines need no phrase of their own: a 503 raises an alert, a finding is read by whoever asked for it, and of
    # messages that are not sent the queue's own rules tell.
    answered = {"health.py", "triggers.py", "deliveries.py", "data_set_processed.py"}
    findings = {"make_plan.py", "explain.py", "doctor.py"}
    assert {path.name for path, _ in _errors(with_traceback=True)} == {*answered, *findings, "wake_up.py"}
    assert found_by("failures", "requests", **request("health", success=True, code="503"))


@pytest.mark.parametrize("line", WRITTEN_BY_THE_HOST)
def test_what_the_host_writes_is_found_by_its_rule_and_no_other(line: str) -> None:
    assert [name for name in RULES if found_by(name, "traces", message=line)] == [WRITTEN_BY_THE_HOST[line]]


@pytest.mark.parametrize(
    "name",
    [
        "dead-letters",
        "retirement-waits",
        "hidden-assets",
        "types-left-out",
        "terms-paused",
        "unhealthy-host",
        "host-stopped",
    ],
)
def test_a_line_that_tells_of_nothing_wrong_raises_no_alert(name: str) -> None:
    assert not found_by(name, "traces", message="Executed 'Functions.discover_assets' (Succeeded)")


def test_one_dead_letter_is_enough_for_an_alert() -> None:
    for name in ("dead-letters", "retirement-waits"):
        assert _fires(name) == ("GreaterThan", 0, "PT5M")


def test_a_type_that_is_left_out_and_told_now_and_then_is_one_alert() -> None:
    # A long list is compared part by part, ten minutes apart: a shorter time would close the alert in between.
    assert _fires("types-left-out") == ("GreaterThan", 0, "PT6H")


def test_the_heartbeat_watches_the_timer_that_runs_every_minute() -> None:
    assert _fires("no-discovery") == ("LessThan", 1, "PT5M")
    assert re.search(r'schedule="0 \* \* \* \* \*".*\ndef discover_assets\(', FUNCTIONS)
    assert found_by("no-discovery", "requests", **request("discover_assets", success=True))
    assert not found_by("no-discovery", "requests", **request("reconcile", success=True))


def test_a_reconcile_that_fails_for_good_raises_an_alert_though_few_of_its_runs_do() -> None:
    assert re.search(r'schedule="0 \*/5 \* \* \* \*".*\ndef reconcile\(', FUNCTIONS)
    assert _fires("reconcile-fails") == ("GreaterThanOrEqual", 2, "PT1H")
    assert found_by("reconcile-fails", "requests", **request("reconcile", success=False))
    assert not found_by("reconcile-fails", "requests", **request("reconcile", success=True))
    assert not found_by("reconcile-fails", "requests", **request("discover_assets", success=False))


def test_a_reconcile_that_never_succeeds_raises_an_alert_whether_it_fails_or_does_not_run() -> None:
    assert _fires("no-reconcile") == ("LessThan", 1, "PT1H")
    assert found_by("no-reconcile", "requests", **request("reconcile", success=True))
    assert not found_by("no-reconcile", "requests", **request("reconcile", success=False))
    assert not found_by("no-reconcile", "requests", **request("discover_assets", success=True))


@pytest.mark.parametrize(
    ("run", "counts"),
    [
        (request("push_lineage", success=False), True),
        (request("push_lineage", success=False, code=""), True),
        (request("data_set_processed", success=False, code="500"), True),
        (request("data_set_processed", success=True, code="503"), True),
        (request("status", success=False, code="401"), False),
        (request("status", success=True, code="400"), False),
        (request("status", success=True, code="200"), False),
        (request("push_lineage", success=True), False),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else str(value),
)
def test_failed_runs_and_answers_of_5xx_count_but_refused_callers_do_not(run: dict[str, str], *, counts: bool) -> None:
    assert found_by("failures", "requests", **run) is counts
    assert _fires("failures") == ("GreaterThanOrEqual", 3, "PT15M")


def test_the_apps_own_span_of_a_message_is_not_counted_beside_the_hosts_request() -> None:
    # With OPEN_TELEMETRY the span `process asset-sync` is a row of requests, too. No function's name holds a blank.
    assert not found_by("failures", "requests", **request("process asset-sync", success=False))


def test_a_host_that_stumbles_once_is_left_alone() -> None:
    # One such line now and then is known and harmless on this plan (host#11787), e.g. at a deployment.
    assert _fires("unhealthy-host") == ("GreaterThanOrEqual", 3, "PT15M")


def test_a_host_that_stops_by_itself_once_is_told() -> None:
    # Storage that is away for 64 s leaves one such line, and work that kills five workers one or two. No start and no
    # deployment writes them: a host that is asked to stop ends otherwise.
    assert _fires("host-stopped") == ("GreaterThan", 0, "PT5M")


def test_sampling_and_log_levels_keep_what_the_rules_read() -> None:
    sampling = HOST["logging"]["applicationInsights"]["samplingSettings"]
    assert not sampling["isEnabled"] or {"Request", "Trace"} <= set(sampling["excludedTypes"].split(";"))
    levels = HOST["logging"]["logLevel"]
    assert levels["default"] in {"Trace", "Debug", "Information"}
    # These only repeat what requests say, and each storage request; nothing that a rule reads comes from them.
    assert levels.keys() <= {"default", "Azure.Core", "Host.Aggregator"}


def test_every_rule_is_on_looks_often_enough_and_counts_the_rows_of_the_apps_own_logs() -> None:
    for rule in RULES.values():
        assert rule["enabled"] is True
        assert rule["autoMitigate"] is True
        assert rule["scopes"] == [resource("Microsoft.Insights/components")["id"]]
        assert rule["evaluationFrequency"] == "PT5M"
        assert rule["displayName"].startswith(f"{PREFIX}: ")
        assert len(rule["description"]) > 20
        [criterion] = rule["criteria"]["allOf"]
        assert criterion["timeAggregation"] == "Count"
        assert criterion["failingPeriods"] == {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_installation_has_the_same_rules(kind: str) -> None:
    queries = [each["properties"]["criteria"] for each in resources("Microsoft.Insights/scheduledQueryRules", kind)]
    assert queries == [rule["criteria"] for rule in RULES.values()]


def test_the_operators_get_mail_where_there_is_an_address() -> None:
    group = resource("Microsoft.Insights/actionGroups", "everything")
    assert group["properties"]["enabled"] is True
    [receiver] = group["properties"]["emailReceivers"]
    assert receiver["emailAddress"] == "operators@contoso.com"
    told = [each["properties"]["actions"] for each in resources("Microsoft.Insights/scheduledQueryRules", "everything")]
    assert told == [{"actionGroups": [group["id"]]}] * len(RULES)


def test_without_an_address_the_alerts_are_shown_in_the_portal_only() -> None:
    assert resources("Microsoft.Insights/actionGroups") == []
    assert [rule["actions"] for rule in RULES.values()] == [{"actionGroups": []}] * len(RULES)


def _criterion(name: str) -> Resource:
    found: Resource = RULES[name]["criteria"]["allOf"][0]
    return found


def _query(name: str) -> str:
    return str(_criterion(name)["query"])


def _fires(name: str) -> tuple[object, object, object]:
    """Return when a rule fires: the comparison, the number of rows, and within which time."""
    return _criterion(name)["operator"], _criterion(name)["threshold"], RULES[name]["windowSize"]


def _logged(place: Path) -> Iterator[str]:
    """Yield the texts that are logged, at any level."""
    for path in place.rglob("*.py"):
        for call in _log_calls(path):
            yield _line(call)


def _errors(*, with_traceback: bool) -> Iterator[tuple[Path, str]]:
    """Yield the texts that are logged as errors, with the files that log them."""
    for path in (REPOSITORY / "sync_core").rglob("*.py"):
        for call in _log_calls(path):
            level = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            has_traceback = level == "exception" or any(keyword.arg == "exc_info" for keyword in call.keywords)
            if level in {"critical", "error", "exception"} and has_traceback is with_traceback:
                yield path, _line(call)


def _log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        is_line = node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
        if is_line and isinstance(node.func.value, ast.Name) and node.func.value.id == "logger":
            yield node


def _line(call: ast.Call) -> str:
    """Return the text of a log line; one that is put together cannot be searched for, and is an error."""
    assert isinstance(call.args[0], ast.Constant), ast.unparse(call)
    return str(call.args[0].value)
