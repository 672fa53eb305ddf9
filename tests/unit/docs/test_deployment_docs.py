import re

import pytest

from infra.scripts.azure import REFRESH_SECRETS
from tests.unit.docs.tables import DOCS, code, read_table
from tests.unit.infra.template import (
    REPOSITORY,
    outputs,
    parameters,
    required_variables,
    resources,
    secure_parameters,
    variables,
)

DEPLOY = (DOCS / "deploy.md").read_text(encoding="utf-8")
OWN = ("deploy.md", "configuration.md", "permissions.md", "upgrade.md", "troubleshooting.md", "cost.md", "runbook.md")


def test_the_values_without_a_default_are_asked_for_before_each_way() -> None:
    needed = required_variables()
    for way, setter in (("A: azd", "azd env set"), ("B: Bicep and func", "export")):
        section = DEPLOY.split(f"## {way}\n")[1].split("\n## ")[0]
        given = set(re.findall(rf"{setter} (\w+)", section))
        assert needed <= given, way
    assert all(name in DEPLOY.split("## Before\n")[1].split("\n## ")[0] for name in needed)


def test_each_way_tells_what_one_sees() -> None:
    for way in ("A: azd", "B: Bicep and func", "C: GitHub Actions"):
        section = DEPLOY.split(f"## {way}\n")[1].split("\n## ")[0]
        assert re.search(r"[Yy]ou see", section), way


def test_the_commands_of_a_way_need_no_program_that_its_row_does_not_name() -> None:
    programs = {"az": "Azure CLI", "azd": "Azure Developer CLI", "func": "Core Tools", "python3": "Python"}
    for row in read_table("deploy.md", "Deploy"):
        way = row["way"].split("]")[0].removeprefix("[")
        section = DEPLOY.split(f"## {way}\n")[1].split("\n## ")[0]
        used = set(
            re.findall(
                r"(?:^|[|(=]\s*|\s)(az|azd|func|jq|npm|python3|pip) (?=[a-z-])", _commands(section), re.MULTILINE
            )
        )
        assert used
        assert {programs.get(program, program) for program in used if program not in programs} == set(), way
        assert [programs[program] for program in used if programs[program] not in row["you need"]] == [], way


def test_a_deployment_leaves_no_file_in_the_folder_that_is_published() -> None:
    assert not re.search(r"[^-=]> ?\w", _commands(DEPLOY))


def _commands(section: str) -> str:
    return "\n".join(re.findall(r"```\n(.*?)```", section, re.DOTALL))


def test_no_secret_is_written_into_a_file_or_a_variable_by_the_documented_commands() -> None:
    secure = {"CLUEDIN_PASSWORD", "CLUEDIN_ACCESS_TOKEN", "WEBHOOK_SECRETS", "NOTIFY_URLS"}
    assert not set(re.findall(r"azd env set (\w+)", DEPLOY)) & secure


@pytest.mark.parametrize("document", [*OWN, "security.md", "operations.md"])
def test_no_document_takes_a_restart_for_a_look_into_the_vault(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    for command in re.finditer("az functionapp restart", text):
        assert REFRESH_SECRETS in text[: command.start()].split().pop(), "the platform keeps old values for a day"
    assert not re.search(r"restart (does|makes) it at once|vault,? (and )?restart", text)


def test_the_secrets_are_named_that_a_workflow_does_not_take() -> None:
    section = DEPLOY.split("## C: GitHub Actions\n")[1].split("\n## ")[0]
    secure = {variables()[name][0] for name in secure_parameters()}
    assert {name for name in secure if f"`{name}`" in section} == secure


def test_whoever_has_no_bicep_is_told_each_parameter_without_a_default() -> None:
    [command] = re.findall(r"--template-file main.json --parameters(.*?)\naz ", DEPLOY, re.DOTALL)
    given = re.findall(r"(\w+)=", command)
    assert set(given) <= parameters().keys()
    assert {name for name, each in parameters().items() if "defaultValue" not in each} <= set(given)


def test_it_says_what_was_never_run() -> None:
    assert "Nothing here was ever run against Azure" in DEPLOY


@pytest.mark.parametrize("document", OWN)
def test_scripts_and_files_that_a_document_names_exist(document: str) -> None:
    text = (DOCS / document).read_text(encoding="utf-8")
    named = re.findall(r"\b(?:infra|sync_core|tests)/[\w./-]+\.(?:py|bicep|bicepparam)\b", text)
    assert [each for each in named if not (REPOSITORY / each).is_file()] == []


def test_every_alert_has_its_section_in_the_runbook_with_what_it_means_and_when_it_is_over() -> None:
    rules = [each["properties"] for each in resources("Microsoft.Insights/scheduledQueryRules")]
    names = [each["name"].removeprefix("cluedin-sync-") for each in resources("Microsoft.Insights/scheduledQueryRules")]
    sections = re.split(r"^## ", (DOCS / "runbook.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    told = [re.match(r"(.+)\n\n`(.+)`, severity (\d) \[(\d+) (minutes|hours?)\]\.\n", each) for each in sections]
    assert [each.groups()[:3] if each else None for each in told] == [
        (rule["displayName"].partition(": ")[2], name, str(rule["severity"]))
        for name, rule in zip(names, rules, strict=True)
    ]
    assert [f"PT{each[4]}{each[5][0].upper()}" if each else "" for each in told] == [
        each["windowSize"] for each in rules
    ]
    parts = [re.findall(r"^- \*\*(.+?)\*\*: ", each, re.MULTILINE) for each in sections]
    assert parts == [["Means", "Look", "Do", "Over when"]] * len(rules)


def test_outputs_that_are_named_exist() -> None:
    text = "".join((DOCS / document).read_text(encoding="utf-8") for document in OWN)
    named = {name for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", text) if name.startswith(("APP_", "FUNCTION_APP_"))}
    assert named
    assert named <= outputs().keys()


def test_the_supported_pythons_are_those_of_the_template() -> None:
    documented = {code(row["Python"]) for row in read_table("upgrade.md", "A new Python")}
    assert documented == set(parameters()["pythonVersion"]["allowedValues"])
