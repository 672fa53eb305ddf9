import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.checks.compiler import VERSION
from tests.chromium import NAMES, REQUIRED
from tests.unit.infra.template import REPOSITORY, TOP, outputs, parameters, secure_parameters, variables

FOLDER = REPOSITORY / ".github" / "workflows"
PATHS = sorted(FOLDER.glob("*.yml"))
CI = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
FILES = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def read(name: str) -> dict[str, Any]:
    """Return a workflow. YAML reads its key `on` as true."""
    document: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    document["on"] = document.pop(True)
    return document


def steps(name: str, job: str) -> list[dict[str, Any]]:
    """Return the steps of a job."""
    found: list[dict[str, Any]] = read(name)["jobs"][job]["steps"]
    return found


def test_there_are_workflows_for_tests_deployment_releases_and_what_takes_long() -> None:
    assert [path.stem for path in PATHS] == ["deploy", "release", "test", "weekly"]


@FILES
def test_no_workflow_needs_a_secret_or_may_write_to_the_repository(path: Path) -> None:
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert read(path.stem)["permissions"] == {"contents": "read"}
    writing = [(path.stem, name) for name, job in read(path.stem)["jobs"].items() if "write" in str(job)]
    assert writing in ([], [("deploy", "deploy")], [("release", "release")])


@FILES
def test_every_script_and_file_that_a_workflow_names_exists(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    named = re.findall(r"(?:infra|docs)/[\w./-]+\.(?:py|bicep|bicepparam|md)|\./\.github/workflows/\w+\.yml", source)
    assert [each for each in named if not (REPOSITORY / each).is_file()] == []


@FILES
def test_actions_are_pinned_to_what_was_looked_at(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert [each for each in used if not re.fullmatch(r"\./\S+|[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)] == []


def test_the_tests_run_on_each_python_that_the_app_may_run_on() -> None:
    job = read("test")["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == parameters()["pythonVersion"]["allowedValues"]
    assert job["steps"][-1]["env"]["PYTHON"] == "python"


def test_the_workflow_runs_what_a_developer_runs_and_nothing_else() -> None:
    commands = [step["run"] for step in steps("test", "test") if "run" in step]
    assert commands == [f"az bicep install --version v{VERSION}", ".ci/run"]
    assert (REPOSITORY / ".ci" / "run").stat().st_mode & stat.S_IXUSR
    made = set(re.findall(r"\bmake ([a-z ]+?)(?: PYTHON|$)", CI, re.MULTILINE))
    assert made == {"test", "faults", "infra", "unit worker"}
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert [name for name in " ".join(made).split() if f"\n{name}:" not in makefile] == []


def test_the_tests_of_the_page_are_never_skipped_where_others_rely_on_them() -> None:
    assert f"export {REQUIRED}=1" in CI
    assert f"$(command -v {' '.join(NAMES)})" in CI


def test_ci_checks_the_template_with_the_compiler_on_the_path_or_the_one_beside_the_clone(tmp_path: Path) -> None:
    [line] = [each for each in CI.splitlines() if "make infra" in each]
    bash, found = shutil.which("bash") or "", []
    for name, says in (("make", "echo $BICEP"), ("bicep", "exit 1")):
        (tmp_path / name).write_text(f"#!{bash}\n{says}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
        done = subprocess.run(
            [bash, "-ec", line], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
        )
        found.append(done.stdout.strip())
    assert found == ["../shared/tools/bicep/bicep", str(tmp_path / "bicep")]


@pytest.mark.parametrize("name", ["release", "test", "weekly"])
def test_each_workflow_compiles_with_the_version_of_the_snapshots(name: str) -> None:
    # Not `az bicep build`: in CI that may take the one on the path.
    source = (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    assert re.findall(r"- run: (az bicep .*)", source) == [f"az bicep install --version v{VERSION}"]
    assert ".azure/bin/bicep" in source


def test_a_release_holds_the_app_and_the_compiled_template_and_comes_after_all_checks() -> None:
    job = read("release")["jobs"]["release"]
    assert read("release")["on"] == {"push": {"tags": ["v*"]}}
    assert job["needs"] == "test"
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    [shipped] = re.findall(r"git archive --output release/package.zip HEAD (.+)", commands)
    assert set(shipped.split()) == TOP | {"sync_core"}
    assert "~/.azure/bin/bicep build infra/main.bicep --outfile release/main.json" in commands
    assert "gh release create" in commands


def test_the_policy_scanner_skips_only_what_is_answered() -> None:
    skipped = yaml.safe_load((REPOSITORY / "infra" / ".checkov.yaml").read_text(encoding="utf-8"))["skip-check"]
    decision = (REPOSITORY / "docs" / "decisions" / "0017-policy-findings.md").read_text(encoding="utf-8")
    assert skipped == sorted(set(re.findall(r"CKV_AZURE_\d+", decision.split("## Decision")[1])), key=_number)
    assert "--config-file infra/.checkov.yaml" in str(steps("weekly", "policy"))


def _number(check: str) -> int:
    return int(check.rpartition("_")[2])


def test_a_deployment_signs_in_without_a_secret_and_only_after_all_checks() -> None:
    job = read("deploy")["jobs"]["deploy"]
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["needs"] == "test"
    [login] = [step for step in job["steps"] if step.get("uses", "").startswith("azure/login")]
    assert login["with"].keys() == {"client-id", "tenant-id", "subscription-id"}


def test_a_deployment_ships_the_app_and_nothing_else() -> None:
    [package] = [step["run"] for step in steps("deploy", "deploy") if "git archive" in step.get("run", "")]
    [(file, shipped)] = re.findall(r"git archive --output (\S+) HEAD (.+)", package)
    assert set(shipped.split()) == TOP | {"sync_core"}
    command = " ".join(steps("deploy", "deploy")[publishing()]["run"].split())
    assert f"--src {file} --build-remote true" in command


def publishing() -> int:
    """Return which step of the deployment ships the package."""
    [found] = [i for i, step in enumerate(steps("deploy", "deploy")) if "config-zip" in step.get("run", "")]
    return found


def provision() -> dict[str, Any]:
    """Return the step that deploys the template."""
    [found] = [step for step in steps("deploy", "deploy") if "deployment group create" in step.get("run", "")]
    return found


def test_a_deployment_hands_over_every_variable_of_the_template_but_no_secret() -> None:
    read = {name for name, _ in variables().values()}
    secret = {variables()[name][0] for name in secure_parameters()}
    assert len(secret) == 4
    handed = provision()["env"]
    assert handed.keys() == read - secret
    assert handed == {name: f"${{{{ vars.{name} }}}}" for name in handed}


def test_no_step_gets_all_variables_at_once_for_the_log_would_show_them() -> None:
    assert "toJSON(vars)" not in (FOLDER / "deploy.yml").read_text(encoding="utf-8")


def test_a_variable_that_is_not_given_does_not_take_the_place_of_a_default() -> None:
    [clear] = [line for line in provision()["run"].splitlines() if "unset" in line]
    script = f"{clear}; echo ${{PYTHON_VERSION-default}} ${{SYNC_TERM-default}}"
    bash = shutil.which("bash") or ""
    done = subprocess.run(
        [bash, "-ec", script],
        env={"PYTHON_VERSION": "", "SYNC_TERM": "a b"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "default a b\n"


def test_the_resources_are_made_when_asked_for_and_only_main_is_deployed() -> None:
    assert provision()["if"] == "inputs.provision"
    job = read("deploy")["jobs"]["deploy"]
    assert job["if"] == "vars.AZURE_CLIENT_ID != '' && github.ref == 'refs/heads/main'"
    assert job["environment"] == "production"
    conditions = {str(step["if"]) for step in job["steps"] if "if" in step}
    assert conditions == {"inputs.provision", "always() && inputs.provision"}


def test_a_deployment_ends_with_the_smoke_test() -> None:
    commands = [step.get("run", "") for step in steps("deploy", "deploy")]
    assert any("smoke_test.py" in command for command in commands[publishing() :])
    read_outputs = set(
        re.findall(r"steps\.outputs\.outputs\.(\w+)", "".join(str(step) for step in steps("deploy", "deploy")))
    )
    assert read_outputs <= {name.lower() for name in outputs()}
