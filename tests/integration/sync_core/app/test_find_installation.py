"""Each organization and account finds its own state on one storage account, and finds it again when it comes back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from sync_core.absence.approval import ApprovalKind
from sync_core.app import App
from sync_core.app.find_installation import FindInstallation
from sync_core.app.installation import BELIEVED_AFTER, VERIFIED_FOR, Identity, Installation
from sync_core.errors import ConfigError, StateError, TransientError
from sync_core.operations.actions.action import Approve
from sync_core.operations.actions.parse import Person
from sync_core.runs.deferred import Kind
from sync_core.runs.run import RunKind, RunOutcome
from sync_core.runtime import Runtime
from sync_core.settings import Settings
from tests.kit.settings import settings_of
from tests.unit.sync_core.builders import NOW, make_deferred


@dataclass
class Services:
    """An organization and an account that say who they are, unless one fails."""

    organization: str = "acme"
    root: str = "contoso"
    failure: ConfigError | None = None

    def organization_id(self) -> str:
        if self.failure:
            raise self.failure
        return self.organization

    def fetch_roots(self) -> list[str]:
        return [self.root]


@dataclass
class Place:
    """One storage account, and installations on it."""

    storage: str
    services: Services = field(default_factory=Services)
    now: Any = NOW

    def find(self, url: str = "https://acme.example", services: Services | None = None) -> FindInstallation:
        app = App(self._settings(url), Runtime(now=lambda: self.now))
        found = services or self.services
        return FindInstallation(app.known_installation, found, found, lambda: self.now)  # type: ignore[arg-type]

    def app(self, url: str) -> App:
        """The app of a process that begins now."""
        runtime = Runtime(now=lambda: self.now)
        scope = App(self._settings(url), runtime).known_installation.current().scope
        return App(self._settings(url), runtime, scope=scope)

    def _settings(self, url: str) -> Settings:
        return settings_of("https://contoso.purview.azure.com", url, self.storage)


@pytest.fixture
def place(storage: str) -> Place:
    return Place(storage)


def test_the_first_installation_keeps_its_state_whatever_host_name_leads_to_it(place: Place) -> None:
    first = place.find().verify()
    moved = place.find("https://mdm.acme.example").verify()
    assert first.scope == moved.scope


@dataclass
class Meanwhile(Services):
    """Before it says who it is, another instance has asked and settled it."""

    ask: Callable[[], object] = lambda: None

    def fetch_roots(self) -> list[str]:
        self.ask()
        return super().fetch_roots()


@pytest.mark.parametrize("root", ["contoso", "another"])
@pytest.mark.parametrize("url", ["https://acme.example", "https://acme.example/"])
def test_instances_that_begin_at_once_work_on_one_state(place: Place, url: str, root: str) -> None:
    told = list[Installation]()
    slow = Meanwhile(ask=lambda: told.append(place.find(services=Services(root=root)).verify()))

    late = place.find(url, slow).verify()

    assert [late.scope, late.identity] == [told[0].scope, told[0].identity]
    assert place.find().verify().scope == place.find().known.current().scope == late.scope


def test_many_that_begin_at_the_same_moment_work_on_one_state(place: Place) -> None:
    together = Barrier(8)
    finders = [place.find(services=Meanwhile(ask=together.wait)) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        scopes = {installation.scope for installation in threads.map(lambda one: one.verify(), finders)}

    assert scopes == {""}


def test_an_instance_that_dies_once_it_is_first_is_first_when_it_comes_again(place: Place) -> None:
    identity = Identity(organization="acme", account="contoso")
    assert place.find().known.scope_of(identity) == ""

    assert place.find().verify().scope == ""
    assert place.find("https://other.example", Services("other")).verify().scope != ""


def test_another_organization_finds_a_state_of_its_own_and_the_former_one_its_own_again(place: Place) -> None:
    first = place.find().verify()
    other = place.find("https://other.example", Services("other")).verify()
    assert other.scope != first.scope
    assert place.find().verify().scope == first.scope
    assert place.find("https://other.example", Services("other")).known.current().scope == other.scope


def test_another_account_has_a_state_of_its_own(place: Place) -> None:
    place.find().verify()
    settings_that_differ = place.find("https://second.example", Services(root="fabrikam"))
    assert settings_that_differ.verify().scope != place.find().known.current().scope


def test_settings_that_are_new_touch_nobodys_state_before_they_are_known(place: Place) -> None:
    first = place.find().verify()
    away = place.find("https://other.example", Services(failure=ConfigError("refused")))
    assert away.verify().scope not in {first.scope, ""}


def test_an_action_on_addresses_that_no_run_knows_yet_is_refused_and_done_once_one_does(place: Place) -> None:
    place.find().verify()
    approve = Approve(kind=ApprovalKind.RETIREMENT, number=8)
    for url in ("https://mdm.acme.example", "https://acme.example:8443", "https://other.acme.example"):
        early = place.app(url)
        with pytest.raises(StateError, match="not known whose state this is"):
            early.actions.perform(approve, Person("Ada"))

        place.find(url).verify()

        with pytest.raises(StateError, match="not known whose state this is"):
            early.actions.perform(approve, Person("Ada"))  # it works on the other state still
        assert place.app(url).actions.perform(approve, Person(url)).done == 1


def test_the_same_settings_that_lead_elsewhere_stop_the_run_and_are_believed_after_ten_minutes(place: Place) -> None:
    first = place.find().verify()
    place.services = Services("other")
    place.now += VERIFIED_FOR
    with pytest.raises(TransientError, match="lead to organization other"):
        place.find().verify()
    place.now += BELIEVED_AFTER / 2
    with pytest.raises(TransientError):
        place.find().verify()
    assert place.find().known.current().scope == first.scope

    place.now += BELIEVED_AFTER
    assert place.find().verify().scope != first.scope

    place.services = Services()
    place.now += VERIFIED_FOR
    with pytest.raises(TransientError):
        place.find().verify()
    place.now += BELIEVED_AFTER + timedelta(seconds=1)
    assert place.find().verify().scope == first.scope


def test_the_services_are_asked_every_ten_minutes_whichever_process_does(place: Place) -> None:
    known = place.find().verify()
    silent = Services(failure=ConfigError("nobody is to be asked"))
    place.now += VERIFIED_FOR - timedelta(seconds=1)
    assert place.find(services=silent).verify() == known
    place.now += timedelta(seconds=1)
    assert place.find().verify().verified_at == place.now


def test_rows_of_one_installation_are_not_those_of_another(storage: str) -> None:
    settings = settings_of("https://contoso.purview.azure.com", "https://acme.example", storage)
    one, other = App(settings, scope="one"), App(settings, scope="other")
    one.note_failed_run(RunKind.DISCOVER, TransientError("it is somebody else's"))
    (run,) = one.runs.latest(RunKind.DISCOVER, 5)
    assert (run.outcome, run.error) == (RunOutcome.FAILED, "TransientError: it is somebody else's")
    assert other.runs.latest(RunKind.DISCOVER, 5) == []
    other.deferred.notes_of(Kind.TERM).save("its", make_deferred("its", Kind.TERM))
    assert (len(other.deferred.first(5)), len(list(other.deferred.load([Kind.TERM])))) == (1, 1)
    assert (one.deferred.first(5), list(one.deferred.load([Kind.TERM]))) == ([], [])
    assert one.leases.acquire("discovery", "a", 60) != other.leases.acquire("discovery", "b", 60)
    assert one.leases.is_held("discovery")
    assert other.leases.is_held("discovery")
