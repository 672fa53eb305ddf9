import re
from typing import Any

import yaml

from tests.unit.infra.template import REPOSITORY, resource

AZURE: dict[str, Any] = yaml.safe_load((REPOSITORY / "azure.yaml").read_text(encoding="utf-8"))


def test_the_service_is_the_app_that_carries_its_tag() -> None:
    tag = resource("Microsoft.Web/sites")["tags"]["azd-service-name"]
    [(name, service)] = AZURE["services"].items()
    assert name == tag
    assert (service["host"], service["language"], service["project"]) == ("function", "python", ".")


def test_the_template_is_found() -> None:
    infra = AZURE["infra"]
    assert (REPOSITORY / infra["path"] / f"{infra['module']}.bicep").is_file()
    assert (REPOSITORY / infra["path"] / f"{infra['module']}.bicepparam").is_file()


def test_hooks_print_the_steps_then_check_the_app_on_both_kinds_of_system() -> None:
    scripts = {
        (name, system): re.findall(r"python3? infra/scripts/(\w+)\.py(?:; |$)", command["run"])
        for name, hook in AZURE["hooks"].items()
        for system, command in hook.items()
    }
    systems = ("posix", "windows")
    assert scripts == {
        **{("postprovision", system): ["next_steps"] for system in systems},
        **{("postdeploy", system): ["smoke_test", "doctor"] for system in systems},
    }
    for name in {script for each in scripts.values() for script in each}:
        assert (REPOSITORY / "infra" / "scripts" / f"{name}.py").is_file()


def test_a_first_deployment_does_not_fail_for_what_is_done_by_hand_afterwards() -> None:
    assert all(system["continueOnError"] for system in AZURE["hooks"]["postdeploy"].values())
