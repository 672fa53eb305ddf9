"""Every documented way to give values to the template, through the real compiler; and what it says of wrong ones."""

import json
import re
import shlex
import shutil
import subprocess
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.checks.compiler import Compiler, RefusedError
from infra.checks.snapshots import (
    INFRA,
    SNAPSHOTS,
    build_parameters,
    build_template,
    evaluate,
    evaluate_file,
    read_kinds,
)
from tests.unit.docs.tables import DOCS, code, read_table
from tests.unit.infra.template import REPOSITORY, parameters, required_variables, secure_parameters, variables

DEPLOY = (DOCS / "deploy.md").read_text(encoding="utf-8")
ENOUGH = {name: value for name, value in read_kinds()["access-token"].items() if name in required_variables()}
VARIABLE_OF = {parameter: name for parameter, (name, _) in variables().items()}
SETTABLE = {name for name, _ in variables().values()}
BARE = (SNAPSHOTS / "access-token.snapshot.json").read_text(encoding="utf-8")
"""What is made of ENOUGH, as a test proves."""
TOO_LONG = "a" * 60
# What a decorator refuses, one value a time: the parameter that the words must name.
REFUSED = [
    ("INSTANCE_MEMORY_MB", "1024", "instanceMemoryMB"),
    ("PYTHON_VERSION", "3.10", "pythonVersion"),
    ("PYTHON_VERSION", "", "pythonVersion"),
    ("SYNC_SETTINGS_SOURCE", "purview", "syncSettingsSource"),
    ("SYNC_TERM_STORE", "both", "syncTermStore"),
    ("WEB_SIGN_IN", "Entra ID", "webSignIn"),
    ("PURVIEW_ENDPOINT", "", "purviewEndpoint"),
    ("PURVIEW_COLLECTION", "", "purviewCollection"),
    ("CLUEDIN_URL", "", "cluedInUrl"),
    ("MAXIMUM_INSTANCE_COUNT", "0", "maximumInstanceCount"),
    ("QUEUE_BATCH_SIZE", "11", "queueBatchSize"),
    ("ALWAYS_READY_HTTP_INSTANCES", "-1", "alwaysReadyHttpInstances"),
    ("LOG_RETENTION_DAYS", "7", "logRetentionDays"),
    ("LOG_LIMIT_GB_PER_DAY", "-2", "logLimitGbPerDay"),
    ("AZURE_ENV_NAME", "", "environmentName"),
    ("AZURE_ENV_NAME", TOO_LONG, "environmentName"),
]
# What the template itself refuses. It tells all at once, so each row is one evaluation.
TOGETHER = [
    {
        "AZURE_ENV_NAME": "münchen",
        "VIRTUAL_NETWORK_ADDRESS_PREFIX": "",
        "PURVIEW_ENDPOINT": "http://contoso.purview.azure.com",
        "PURVIEW_CATALOG_ENDPOINT": "contoso-api.purview-service.example.com",
        "CLUEDIN_URL": "contoso.cluedin.example.com",
        "PURVIEW_COLLECTION": " ",
        "ALERT_EMAIL": "operators",
        "LOG_LIMIT_GB_PER_DAY": "0",
    },
    {
        "AZURE_ENV_NAME": "prod eu",
        "VIRTUAL_NETWORK_ADDRESS_PREFIX": "10.0.0.0",
        "PURVIEW_ENDPOINT": "https://",
        "CLUEDIN_URL": "https://contoso cluedin",
    },
    {"AZURE_ENV_NAME": "prod~eu", "VIRTUAL_NETWORK_ADDRESS_PREFIX": "10.0.0.0/28"},
    {"AZURE_ENV_NAME": "-prod", "VIRTUAL_NETWORK_ADDRESS_PREFIX": "10.0.0.300/23"},
    # The last one is no first address: Azure refuses the network when storage is made already.
    {"AZURE_ENV_NAME": "(prod)", "VIRTUAL_NETWORK_ADDRESS_PREFIX": "10.60.0.1/23"},
]


def of_type(kind: str) -> dict[str, str]:
    """Return the variables of the parameters of a type, with these parameters."""
    return {VARIABLE_OF[name]: name for name, each in parameters().items() if each["type"] == kind}


def section(way: str) -> str:
    """Return a section of the guide."""
    return DEPLOY.split(f"## {way}\n")[1].split("\n## ")[0]


def given_by(command: str, way: str) -> dict[str, str]:
    """Return the values that the commands of a section give."""
    found = re.findall(rf"^{command} (\w+)[ =](.+)$", section(way), re.MULTILINE)
    return {name: shlex.split(value)[0] for name, value in found}


def test_nothing_but_the_required_variables_is_enough(compiler: Compiler) -> None:
    documented = {code(row["setting"]) for row in read_table("configuration.md", "Settings of the app")}
    required = {
        code(row["setting"])
        for row in read_table("configuration.md", "Settings of the app")
        if row["default"] == "required"
    }
    assert required == required_variables() == ENOUGH.keys()
    assert required < documented
    assert evaluate(compiler, ENOUGH) == BARE


def test_the_values_that_the_guide_gives_to_azd_make_the_default_installation(compiler: Compiler) -> None:
    used = yaml.safe_load((REPOSITORY / "azure.yaml").read_text(encoding="utf-8"))["infra"]
    assert REPOSITORY / used["path"] / f"{used['module']}.bicepparam" == INFRA / "main.bicepparam"
    [name] = re.findall(r"^azd env new (\S+)$", section("A: azd"), re.MULTILINE)
    given = given_by("azd env set", "A: azd")
    assert given == read_kinds()["default"]
    assert f'"func-{name}-' in evaluate(compiler, {**given, "AZURE_ENV_NAME": name})


def test_the_values_that_the_guide_exports_are_the_same(compiler: Compiler) -> None:
    given = given_by("export", "B: Bicep and func")
    assert "--parameters infra/main.bicepparam" in section("B: Bicep and func")
    assert given == {**given_by("azd env set", "A: azd"), "AZURE_ENV_NAME": "prod"}
    assert build_parameters(compiler, given)["environmentName"] == "prod"


def test_the_compiled_template_takes_the_parameters_of_the_guide_and_makes_the_same(
    compiler: Compiler, tmp_path: Path
) -> None:
    [command] = re.findall(r"--template-file main.json --parameters(.*?)\naz ", section("B: Bicep and func"), re.DOTALL)
    named = dict(word.split("=", 1) for word in shlex.split(command.replace("\\\n", " ")))
    # Beside no Bicep file: only the compiled template is there.
    (tmp_path / "main.json").write_text(json.dumps(build_template(compiler)), encoding="utf-8")
    lines = ["using 'main.json'", *(f"param {name} = '{value}'" for name, value in named.items())]
    (tmp_path / "main.bicepparam").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = evaluate_file(compiler, {}, tmp_path / "main.bicepparam")
    assert made == evaluate(compiler, given_by("export", "B: Bicep and func"))


def test_the_workflow_hands_over_what_is_given_and_leaves_the_other_defaults(
    compiler: Compiler, tmp_path: Path
) -> None:
    found: dict[str, Any] = yaml.safe_load((REPOSITORY / ".github/workflows/deploy.yml").read_text(encoding="utf-8"))
    [step] = [each for each in found["jobs"]["deploy"]["steps"] if "deployment group create" in each.get("run", "")]
    # In the place of the Azure CLI: compile the file behind --parameters, as it does first.
    azure_cli = tmp_path / "az"
    azure_cli.write_text(
        "#!/bin/bash\n"
        'while [ "$1" != --parameters ]; do shift; done\n'
        f'exec {compiler.path} build-params "$2" --stdout\n'
    )
    azure_cli.chmod(0o755)
    machine = {name: compiler.variables[name] for name in ("HOME", "LANG") if name in compiler.variables}
    path = f"{tmp_path}:{compiler.variables['PATH']}"
    # A variable that the repository does not have is handed over as an empty text.
    handed = {name: ENOUGH.get(name, "") for name in step["env"]}
    done = subprocess.run(
        [shutil.which("bash") or "", "-ec", step["run"]],
        cwd=REPOSITORY,
        env={**machine, **handed, "PATH": path, "GROUP": "rg-sync"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert '\\"pythonVersion\\": {\\n      \\"value\\": \\"3.13\\"' in done.stdout


def test_the_documented_defaults_are_those_that_count_when_nothing_is_given(compiler: Compiler) -> None:
    rows = [row for row in read_table("configuration.md", "Settings of the app") if code(row["given by"]) in SETTABLE]
    documented = {code(row["given by"]): row["default"] for row in rows}
    documented |= {
        code(row["variable"]): row["default"] for row in read_table("configuration.md", "Parameters of the template")
    }
    assert documented.keys() == SETTABLE
    given = {name: code(default) for name, default in documented.items() if default.startswith("`")}
    assert evaluate(compiler, {**ENOUGH, **given}) == BARE


def test_every_variable_can_be_set_at_once(compiler: Compiler) -> None:
    everything = read_kinds()["everything"]
    assert everything.keys() == SETTABLE
    defaults = {name: default for name, default in variables().values() if default is not None}
    assert [name for name, value in everything.items() if value == defaults.get(name)] == []
    given = build_parameters(compiler, everything)
    assert given.keys() == variables().keys()


def test_an_empty_value_of_a_text_without_a_default_is_as_none(compiler: Compiler) -> None:
    empty = {name: "" for name, default in variables().values() if default == ""}
    assert len(empty) > 5
    assert evaluate(compiler, {**ENOUGH, **empty}) == BARE


def test_a_missing_required_variable_is_named(compiler: Compiler) -> None:
    with pytest.raises(RefusedError) as refused:
        build_parameters(compiler, {})
    assert [name for name in ENOUGH if f'"{name}"' not in str(refused.value)] == []


def test_what_is_no_truth_value_and_no_whole_number_is_refused_by_the_parameters_name(compiler: Compiler) -> None:
    switches, numbers = of_type("bool"), of_type("int")
    assert "SYNC_ENABLED" in switches
    given = dict(zip(switches, cycle(("yes", "1", "on", "")), strict=False))
    given |= dict(zip(numbers, cycle(("many", "2.5", "")), strict=False))
    assert {"yes", "1", "on", "many", "2.5", ""} == set(given.values()), "each wrong value is tried"
    with pytest.raises(RefusedError) as refused:
        build_parameters(compiler, {**ENOUGH, **given})
    assert [name for name in (switches | numbers).values() if f'"{name}"' not in str(refused.value)] == []


@pytest.mark.parametrize(("variable", "value", "named"), REFUSED, ids=[f"{name}={value}" for name, value, _ in REFUSED])
def test_a_wrong_value_is_refused_before_anything_is_made(
    compiler: Compiler, variable: str, value: str, named: str
) -> None:
    with pytest.raises(RefusedError, match=named):
        evaluate(compiler, {**ENOUGH, variable: value})


def test_a_wrong_value_is_tried_for_each_parameter_that_allows_some_only() -> None:
    limits = {"allowedValues", "minLength", "maxLength", "minValue", "maxValue"}
    limited = {VARIABLE_OF[name] for name, each in parameters().items() if limits & each.keys()}
    assert limited <= {variable for variable, _, _ in REFUSED}


@pytest.mark.parametrize("wrong", TOGETHER, ids=lambda wrong: wrong["AZURE_ENV_NAME"])
def test_all_that_the_template_itself_refuses_is_told_at_once(compiler: Compiler, wrong: dict[str, str]) -> None:
    with pytest.raises(RefusedError) as refused:
        evaluate(compiler, {**ENOUGH, **wrong})
    told = [f'({name}) is "{value}"; expected' for name, value in wrong.items() if name != "LOG_LIMIT_GB_PER_DAY"]
    told += ["(LOG_LIMIT_GB_PER_DAY) is 0; expected"] if "LOG_LIMIT_GB_PER_DAY" in wrong else []
    assert [each for each in told if each not in str(refused.value)] == []


def test_to_sign_in_without_a_registration_or_a_group_is_refused(compiler: Compiler) -> None:
    wrong = {"WEB_SIGN_IN_CLIENT_ID": " ", "WEB_SIGN_IN_GROUPS": " ; "}
    with pytest.raises(RefusedError) as refused:
        evaluate(compiler, {**ENOUGH, **wrong, "WEB_SIGN_IN": "entra"})
    assert all(f'({name}) is "{value}"; expected' in str(refused.value) for name, value in wrong.items())
    assert evaluate(compiler, {**ENOUGH, **wrong}) == BARE  # with keys, nobody looks at them


def test_each_memory_that_is_allowed_reaches_the_app(compiler: Compiler) -> None:
    allowed = parameters()["instanceMemoryMB"]["allowedValues"]
    made = [evaluate(compiler, {**ENOUGH, "INSTANCE_MEMORY_MB": "512"}), BARE]
    made.append((SNAPSHOTS / "everything.snapshot.json").read_text(encoding="utf-8"))
    assert [f'"instanceMemoryMB": {memory},' in text for memory, text in zip(allowed, made, strict=True)] == [True] * 3


def test_the_name_of_an_installation_is_used_in_one_spelling_only(compiler: Compiler) -> None:
    names = ("Prod_EU.(1)", "prod-eu--1-")
    one, other = (evaluate(compiler, {**ENOUGH, "AZURE_ENV_NAME": name}) for name in names)
    assert one == other


def test_a_private_vault_without_a_network_stays_reachable(compiler: Compiler) -> None:
    assert evaluate(compiler, {**ENOUGH, "USE_PRIVATE_VAULT": "true"}) == BARE


def test_no_secret_that_is_given_leaves_the_parameters(compiler: Compiler) -> None:
    secrets = {name: f"made-up-{name}" for name in secure_parameters()}
    given = {**ENOUGH, **{VARIABLE_OF[name]: value for name, value in secrets.items()}}
    assert "made-up" not in evaluate(compiler, given)
    assert build_parameters(compiler, given).items() >= secrets.items()
