import re

from sync_core.state.names import POISON_SUFFIX, QUEUES, TABLES
from tests.unit.infra.bicep.schema import load_schemas
from tests.unit.infra.rights import read_grants
from tests.unit.infra.template import REPOSITORY, module, strings


def test_the_template_makes_every_table_of_the_app_and_no_other() -> None:
    assert sorted(strings(module("storage"), "tableNames")) == sorted(TABLES)


def test_the_template_makes_every_queue_with_its_poison_queue_and_no_other() -> None:
    expected = [name + suffix for name in QUEUES for suffix in ("", POISON_SUFFIX)]
    assert sorted(strings(module("storage"), "queueNames")) == sorted(expected)


def test_every_queue_that_a_function_listens_to_exists() -> None:
    listened = re.findall(r'queue_name="([^"]+)"', (REPOSITORY / "function_app.py").read_text(encoding="utf-8"))
    assert listened
    assert set(listened) <= set(strings(module("storage"), "queueNames"))


def test_every_queue_and_table_gets_a_role() -> None:
    granted = {(grant.place.kind, grant.place.name) for grant in read_grants()}
    assert {name for kind, name in granted if kind == "queue"} == set(strings(module("storage"), "queueNames"))
    assert {name for kind, name in granted if kind == "table"} == set(strings(module("storage"), "tableNames"))


def test_azure_accepts_the_names() -> None:
    for kind, names in (
        ("queue", strings(module("storage"), "queueNames")),
        ("table", strings(module("storage"), "tableNames")),
    ):
        resource_type = f"Microsoft.Storage/storageAccounts/{kind}Services/{kind}s"
        limits = load_schemas()[resource_type].types[resource_type]["properties"]["name"]["limits"]
        pattern = limits.split("pattern: ")[1]
        assert [name for name in names if not re.search(pattern, name)] == []
