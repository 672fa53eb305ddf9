import re
from pathlib import Path

import pytest
from tree_sitter import Node

from tests.unit.infra.bicep.schema import check_file
from tests.unit.infra.bicep.symbols import check_decorators, check_modules, check_names
from tests.unit.infra.bicep.timing import check_timing
from tests.unit.infra.bicep.tree import BicepFile, read_bicep, text, walk
from tests.unit.infra.template import INFRA, PATHS, main, parameters

FILES = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
WRONG = {
    "is missing": ("location: location", ""),
    "has no property": ("reserved: true", "reserved: true\n    reservd: true"),
    "expected one of": ("type: 'UserAssigned'\n", "type: 'UserAsigned'\n"),
    "expected bool": ("httpsOnly: true", "httpsOnly: 'yes'"),
    "is read-only": ("httpsOnly: true", "httpsOnly: true\n    state: 'Running'"),
    "expected int": ("instanceMemoryMB: instanceMemoryMB", "instanceMemoryMB: '2048'"),
    "expected an array": ("concat(ownSettings, platformSettings)", "{}"),
    "is written for 2019-08-01": ("sites@2024-11-01", "sites@2019-08-01"),
}


@FILES
def test_every_file_can_be_parsed(path: Path) -> None:
    assert read_bicep(path).syntax_errors() == []


@FILES
def test_resources_have_the_properties_that_their_types_know(path: Path) -> None:
    assert check_file(read_bicep(path)) == []


@FILES
def test_every_name_is_declared_and_used(path: Path) -> None:
    file = read_bicep(path)
    assert check_names(file) + check_decorators(file) == []


@FILES
def test_loops_and_names_need_nothing_that_only_a_deployment_knows(path: Path) -> None:
    assert check_timing(read_bicep(path)) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("function-app", "in items(appSettings)", "in items(union(appSettings, toObject(platformSettings)))"),
        ("function-app", "  name: planName\n", "  name: identity.properties.clientId\n"),
        ("key-vault", "if (!empty(notifyUrls))", "if (!empty(vault.properties.vaultUri))"),
        ("roles", "name: guid(account.id, principalId,", "name: guid(account.properties.primaryLocation, principalId,"),
    ],
)
def test_a_value_that_is_needed_too_early_is_found(name: str, old: str, new: str) -> None:
    assert len(check_timing(_changed(f"modules/{name}", old, new))) >= 1


def test_modules_get_their_parameters_and_give_the_outputs_that_are_read() -> None:
    assert check_modules(main()) == []


def test_the_parameters_file_can_be_parsed_and_is_for_the_template() -> None:
    file = parameters()
    assert file.syntax_errors() == []
    assert {each.kind for each in file.declarations} == {"variable"}
    assert "\nusing 'main.bicep'\n" in file.path.read_text(encoding="utf-8")
    assert len(file.of_kind("variable")) == len(file.declarations), "a parameter is given twice"


def test_each_parameter_is_read_from_the_environment_as_its_own_type() -> None:
    # Source: learn.microsoft.com "Bicep functions for parameters file": the value of a variable is always a string.
    converters = {"string": "", "bool": "bool", "int": "int"}
    for name, given in parameters().of_kind("variable").items():
        kind = text(main().of_kind("parameter")[name].node.named_children[1])
        called = [text(node.named_children[0]) for node in walk(given.value) if node.type == "call_expression"]
        # To the compiler int() is any number: where some only are allowed it must be told not to look.
        limited = ["any"] if kind == "int" and "allowed" in main().of_kind("parameter")[name].decorators else []
        assert called == [*limited, *filter(None, [converters[kind]]), "readEnvironmentVariable"], name


@pytest.mark.parametrize("broken", [("param syncTerm = ", "param syncTerm "), ("'SYNC_TERM', '')", "'SYNC_TERM', ''")])
def test_a_parameters_file_that_cannot_be_parsed_is_found(broken: tuple[str, str]) -> None:
    file = parameters()
    source = file.source.decode().replace(broken[0].replace("param", "var"), broken[1].replace("param", "var"))
    assert source != file.source.decode()
    assert BicepFile(file.path, source.encode()).syntax_errors()


def test_every_module_is_composed() -> None:
    called = {(INFRA / each.reference).resolve() for each in main().of_kind("module").values()}
    assert called == set(PATHS) - {INFRA / "main.bicep"}


@FILES
def test_every_parameter_and_output_is_described(path: Path) -> None:
    file = read_bicep(path)
    both = {**file.of_kind("parameter"), **file.of_kind("output")}
    assert [name for name, each in both.items() if "description" not in each.decorators] == []


@FILES
def test_only_the_template_itself_is_needed_to_deploy_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(br|ts)[:/]|^(import|extension|provider)\b|^\s*\.\.\.", source, re.MULTILINE)


@pytest.mark.parametrize(("problem", "change"), WRONG.items(), ids=WRONG)
def test_a_mistake_in_a_resource_is_found(problem: str, change: tuple[str, str]) -> None:
    assert any(problem in found for found in check_file(_changed("modules/function-app", *change)))


@FILES
def test_every_misspelt_property_of_a_resource_is_found(path: Path) -> None:
    file = read_bicep(path)
    keys = [key for resource in file.of_kind("resource").values() for key in _keys(resource.body)]
    for key in keys:
        end = key.end_byte
        misspelt = BicepFile(path, file.source[:end] + b"x" + file.source[end:])
        assert check_file(misspelt), f"{path.name}:{key.start_point.row + 1}: {text(key)}x"


def test_a_mistake_in_a_name_is_found() -> None:
    [undeclared] = check_names(_changed("main", "storage.outputs", "storag.outputs"))
    assert undeclared.endswith("storag is not declared")
    unused = check_names(_changed("modules/monitoring", "retentionInDays: retentionDays", "retentionInDays: 30"))
    assert unused == ["monitoring.bicep: parameter retentionDays is never used"]


def test_a_mistake_in_a_module_call_is_found() -> None:
    assert check_modules(_changed("main", "    email: alertEmail\n", "    mail: alertEmail\n")) == [
        "main.bicep: module alerts: there is no parameter mail",
        "main.bicep: module alerts: parameter email is missing",
    ]
    assert check_modules(_changed("main", "storage.outputs.packageContainerName", "storage.outputs.container")) == [
        "main.bicep: module storage: there is no output container"
    ]


def test_the_name_of_an_installation_is_used_in_one_spelling_only() -> None:
    value = text(main().of_kind("variable")["installation"].value)
    assert value == "toLower(replace(replace(environmentName, '_', '-'), '.', '-'))"
    [used] = [
        each.name
        for each in main().declarations
        if each.name != "environmentName" and re.search(r"\benvironmentName\b", text(each.node))
    ]
    assert used == "installation"


def test_names_with_a_limited_length_stay_within_it() -> None:
    # uniqueString gives 13 characters. Sources: the schemas, and learn.microsoft.com "resource name rules".
    longest = {"func-": 60, "plan-": 60, "id-": 128, "vnet-": 64, "log-": 63, "appi-": 255}
    limits = main().of_kind("parameter")["environmentName"].decorators["maxLength"]
    [most] = [int(text(node)) for node in walk(limits) if node.type == "number"]
    written = {text(node).strip("'").split("${")[0] for node in walk(main().root) if node.type == "string"}
    for prefix, limit in longest.items():
        assert prefix in written, prefix
        assert len(prefix) + most + 1 + 13 <= limit, prefix
    assert len("st") + 13 <= 24
    assert len("kv-") + 13 <= 24


def _keys(body: Node) -> list[Node]:
    names = [node.named_children[0] for node in walk(body) if node.type == "object_property"]
    # An identity is a key too, and a tag's name is free. A workspace's features may have any name.
    return [name for name in names if name.type == "identifier" and text(name) != "disableLocalAuth"]


def _changed(name: str, old: str, new: str) -> BicepFile:
    file = read_bicep(INFRA / f"{name}.bicep")
    source = file.source.decode()
    assert old in source, "the template changed: choose another place to break"
    return BicepFile(file.path, source.replace(old, new, 1).encode())
