import re
from pathlib import Path

import pytest

from infra.checks.snapshots import INFRA, SNAPSHOTS
from tests.unit.infra.template import KINDS, bicep_files, outputs, parameters, snapshot

FILES = pytest.mark.parametrize("path", bicep_files(), ids=lambda path: path.stem)


def test_every_module_is_composed() -> None:
    composed = re.findall(r"^module \w+ '([^']+)'", (INFRA / "main.bicep").read_text(encoding="utf-8"), re.MULTILINE)
    assert {INFRA / path for path in composed} == set(bicep_files()) - {INFRA / "main.bicep"}


def test_every_parameter_and_output_is_described() -> None:
    both = {**parameters(), **outputs()}
    assert [name for name, each in both.items() if not each.get("metadata", {}).get("description")] == []


@FILES
def test_only_the_template_itself_is_needed_to_deploy_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(br|ts)[:/]|^(import|extension|provider)\b|^\s*\.\.\.", source, re.MULTILINE)


def test_there_is_a_snapshot_of_each_kind_of_installation_and_no_other() -> None:
    assert {path.name for path in SNAPSHOTS.glob("*.snapshot.json")} == {f"{kind}.snapshot.json" for kind in KINDS}
    assert {"default", "everything", "access-token"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_compiler_could_evaluate_every_resource(kind: str) -> None:
    assert snapshot(kind)["diagnostics"] == []
    types = {each["type"] for each in snapshot(kind)["predictedResources"]}
    # A module that it could not look into would stand here as a deployment of its own.
    assert "Microsoft.Resources/deployments" not in types
    assert "Microsoft.Web/sites" in types
