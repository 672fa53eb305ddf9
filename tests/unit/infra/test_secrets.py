import re
from pathlib import Path

import pytest
from tree_sitter import Node

from tests.unit.infra.bicep.schema import load_schemas
from tests.unit.infra.bicep.tree import BicepFile, properties, read_bicep, text, walk
from tests.unit.infra.template import INFRA, PATHS, app_settings, main, module

FILES = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
READS_A_KEY = re.compile(r"\b(list\w*Keys?|listAccountSas|listServiceSas|getSecret)\s*\(|AccountKey=|SharedAccess|sig=")
# The address of Application Insights: whoever has it still needs a role, see the test below.
ADDRESS = "insights.properties.ConnectionString"


def leaks(file: BicepFile) -> list[str]:
    """Return the outputs, settings and other values of a file that hold a secret."""
    secure = {each.name for each in file.of_kind("parameter").values() if "secure" in each.decorators}
    found = []
    for output in file.of_kind("output").values():
        names = {text(node) for node in walk(output.value) if node.type == "identifier"}
        if names & secure or re.search(
            r"(?i)connectionstring|instrumentationkey|password|listkeys", text(output.value)
        ):
            found.append(f"output {output.name}")
    found += [
        f"line {text(node)}"
        for node in walk(file.root)
        if node.type == "call_expression" and READS_A_KEY.search(text(node))
    ]
    found += [
        f"value {text(node)}" for node in walk(file.root) if node.type == "string" and READS_A_KEY.search(text(node))
    ]
    return found


@FILES
def test_no_file_reads_a_key_or_puts_a_secret_into_an_output(path: Path) -> None:
    assert leaks(read_bicep(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "output password string = cluedInPassword",
        "output all object = { secrets: [webhookSecrets] }",
        "output insights string = monitoring.outputs.insights.properties.ConnectionString",
        "var key = storage.listKeys().keys[0].value",
        "var connection = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${token}'",
    ],
)
def test_a_leak_is_found(line: str) -> None:
    file = main()
    assert leaks(BicepFile(file.path, file.source + f"\n{line}\n".encode()))


def test_app_settings_hold_no_key() -> None:
    secure = [name for name, each in main().of_kind("parameter").items() if "secure" in each.decorators]
    for name, value in app_settings().items():
        assert not READS_A_KEY.search(value), name
        assert not re.search(rf"\b({'|'.join(secure)})\b", value.replace("entryNames.", "entryNames_")), name
        if "ConnectionString" in value:
            assert (name, value) == ("APPLICATIONINSIGHTS_CONNECTION_STRING", ADDRESS)


def test_secrets_enter_as_secure_parameters_and_go_nowhere_but_into_the_vault() -> None:
    secure = {name for name, each in main().of_kind("parameter").items() if "secure" in each.decorators}
    assert secure == {"cluedInPassword", "cluedInAccessToken", "webhookSecrets", "notifyUrls"}
    vault = module("key-vault")
    assert {name for name, each in vault.of_kind("parameter").items() if "secure" in each.decorators} == secure
    call = main().of_kind("module")["vault"].node
    outside = [name for node in walk(main().root) if (name := _used_name(node)) in secure and not _is_in(node, call)]
    assert outside == []


def test_a_secret_that_is_not_given_is_left_alone() -> None:
    for name, secret in module("key-vault").of_kind("resource").items():
        if "/secrets@" in secret.reference:
            value = text(properties(properties(secret.body)["properties"])["value"])
            assert text(secret.value).startswith(f"if (!empty({value}))"), name


def test_doors_that_open_with_a_key_are_shut() -> None:
    account = properties(properties(module("storage").of_kind("resource")["account"].body)["properties"])
    assert text(account["allowSharedKeyAccess"]) == "false"
    assert text(account["allowBlobPublicAccess"]) == "false"
    assert text(account["minimumTlsVersion"]) == "'TLS1_2'"
    assert text(account["supportsHttpsTrafficOnly"]) == "true"
    insights = properties(properties(module("monitoring").of_kind("resource")["insights"].body)["properties"])
    assert text(insights["DisableLocalAuth"]) == "true"
    workspace = properties(properties(module("monitoring").of_kind("resource")["workspace"].body)["properties"])
    [(feature, value)] = properties(workspace["features"]).items()
    shapes = load_schemas()["Microsoft.OperationalInsights/workspaces"].types
    assert feature in shapes["WorkspaceFeatures"]["properties"], "the service takes any name and says nothing"
    assert (feature, text(value)) == ("disableLocalAuth", "true")
    vault = properties(properties(module("key-vault").of_kind("resource")["vault"].body)["properties"])
    assert text(vault["enableRbacAuthorization"]) == "true"
    for door in ("ftp", "scm"):
        policy = module("function-app").of_kind("resource")[f"{door}Publishing"].body
        assert text(properties(policy)["name"]) == f"'{door}'"
        assert text(properties(properties(policy)["properties"])["allow"]) == "false"


def test_the_app_is_reached_over_encrypted_connections_only() -> None:
    app = properties(properties(module("function-app").of_kind("resource")["app"].body)["properties"])
    assert text(app["httpsOnly"]) == "true"
    assert text(properties(app["siteConfig"])["minTlsVersion"]) == "'1.2'"


def test_nothing_in_the_folder_looks_like_a_key() -> None:
    long_key = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}")
    for path in (each for each in INFRA.rglob("*") if each.is_file() and "__pycache__" not in each.parts):
        assert not long_key.search(path.read_text(encoding="utf-8")), path.name


def _used_name(node: Node) -> str:
    """Return the name that a node reads, or nothing where it declares or labels."""
    parent = node.parent
    labels = parent is not None and parent.type in {"parameter_declaration", "object_property"}
    is_label = labels and parent is not None and parent.named_children[0] == node
    return "" if node.type != "identifier" or is_label else text(node)


def _is_in(node: Node, whole: Node) -> bool:
    return whole.start_byte <= node.start_byte < whole.end_byte
