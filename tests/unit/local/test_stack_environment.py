import pytest

from local.stack import make_environment


def make(**settings: str) -> dict[str, str]:
    return make_environment("http://purview", "http://cluedin", "http://identity", "storage", settings)


def test_real_services_and_credentials_of_the_shell_never_reach_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_CLIENT_SECRET", "CLUEDIN_ACCESS_TOKEN", "AzureWebJobsStorage__accountName", "MSI_ENDPOINT"):
        monkeypatch.setenv(name, "of the shell")
    monkeypatch.setenv("PURVIEW_ENDPOINT", "https://real.purview.azure.com")
    environment = make()
    assert "of the shell" not in environment.values()
    assert environment["PURVIEW_ENDPOINT"] == "http://purview"
    assert environment["IDENTITY_ENDPOINT"] == "http://identity/msi/token"


def test_the_shell_may_choose_what_is_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNC_TERM", "*")
    assert make()["SYNC_TERM"] == "*"
    assert make(SYNC_TERM="Other")["SYNC_TERM"] == "Other"


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:8080")
    assert make()["NO_PROXY"] == "127.0.0.1,localhost"
