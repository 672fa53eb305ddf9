"""No secret is kept in the repository, and the code opens no door that the threat list does not know."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # the emulator's
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a storage key": r"(?i)Account_?Key=[A-Za-z0-9+/]{64,}={0,2}",
    "a key of 64 bytes": r"(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{86}==",
    "a storage signature": r"sig=[A-Za-z0-9%]{40,}%3D",
    "a client secret of Entra": r"\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}\b",
    "a signed token": r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "a Slack token or webhook": r"\bxox[abprs]-[\w-]{20,}|hooks\.slack\.com/services/T\w+/B\w+/\w{20,}",
    "a Teams webhook": r"webhook\.office\.com/webhookb2/[0-9a-f-]{36}",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "a webhook secret": r"\bwhsec_[A-Za-z0-9+/]{60,}={0,2}",
    "a function key": r"[?&]code=[\w-]{50,}==",
}
OPENS_SECRETS = (
    "sync_core/app",
    "sync_core/commands/desk_elsewhere.py",
    "sync_core/notifications/receivers.py",
    "sync_core/lineage/webhook/data_set_processed.py",
    "sync_core/settings.py",
)


def tracked_files() -> list[Path]:
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


def secrets_in(text: str) -> list[str]:
    return [kind for kind, pattern in SECRETS.items() if re.search(pattern, text.replace(PUBLISHED, ""))]


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in [REPOSITORY / "function_app.py", *sorted((REPOSITORY / "sync_core").rglob("*.py"))]:
        yield path.relative_to(REPOSITORY).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_file_of_the_repository_holds_a_secret() -> None:
    found = {path.name: secrets_in(path.read_text(encoding="utf-8", errors="replace")) for path in tracked_files()}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


def test_no_file_that_usually_holds_secrets_is_kept() -> None:
    usual = {".env", "local.settings.json", "id_rsa", "id_ed25519", ".netrc", ".npmrc.local", "credentials.json"}
    endings = {".pem", ".pfx", ".p12", ".key", ".publishsettings"}
    assert [path.name for path in tracked_files() if path.name in usual or path.suffix in endings] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("a storage key", "AccountKey=" + "a" * 86 + "=="),
        ("a storage signature", "?sv=1&sig=" + "a" * 43 + "%3D"),
        ("a client secret of Entra", "abc" + "8Q~" + "x" * 31),
        ("a signed token", ".".join(["eyJ" + "a" * 30] * 2 + ["b" * 30])),
        ("a GitHub token", "ghp_" + "a" * 36),
        ("a Slack token or webhook", "https://hooks.slack.com/services/T1/B1/" + "a" * 24),
        ("an AWS key", "AKIA" + "A" * 16),
        ("a webhook secret", "whsec_" + "a" * 64),
        ("a function key", "?code=" + "a" * 54 + "=="),
    ],
)
def test_a_secret_would_be_found(kind: str, text: str) -> None:
    assert kind in secrets_in(f"x = '{text}'")


def test_certificates_are_always_checked_and_redirects_never_followed() -> None:
    options = [
        (name, keyword.arg, ast.unparse(keyword.value))
        for name, tree in sources()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in {"verify", "allow_redirects", "permit_redirects", "connection_verify", "shell"}
    ]
    assert options == [
        ("sync_core/http/client.py", "allow_redirects", "False"),
        ("sync_core/http/plain.py", "allow_redirects", "False"),
        ("sync_core/http/running_app.py", "allow_redirects", "False"),
        ("sync_core/http/session.py", "verify", "self.certificates"),
    ]


def test_secrets_are_opened_where_they_are_used_and_nowhere_else() -> None:
    opened = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "get_secret_value"
    }
    assert {name for name in opened if not name.startswith(OPENS_SECRETS)} == set()


def test_the_app_starts_no_process_and_reads_no_foreign_objects() -> None:
    dangerous = {
        "subprocess",
        "pickle",
        "marshal",
        "shelve",
        "ctypes",
        "yaml",
        "xml",
        "os",
        "tempfile",
        "http",
        "socket",
    }
    imported = {
        (name, alias.name)
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.partition(".")[0] in dangerous
    }
    assert imported == set()
