"""The composition root: builds everything from the settings, once per process, on first use.

Nothing is built at import: the host must be able to list the functions with no setting present at all.
"""

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sync_core.clients.cluedin import CLUEDIN, CluedInClient, is_refused
from sync_core.clients.cluedin_data_sets import CluedInDataSets
from sync_core.clients.http import HttpDoor, TokenSource, pooled_session
from sync_core.clients.notifications import Notifier, new_notifier
from sync_core.clients.purview import PURVIEW, PurviewClient
from sync_core.clients.purview_lineage import PurviewLineageClient
from sync_core.clients.purview_wire import Collection
from sync_core.clients.tokens import AzureTokens, GivenToken, PasswordTokens
from sync_core.domain.answer import HttpAnswer, problem
from sync_core.errors import ConfigError, SyncError
from sync_core.flows.announce import Announce
from sync_core.flows.announce_data_sets import AnnounceDataSets
from sync_core.flows.asset_types import AssetTypes
from sync_core.flows.bury import Bury
from sync_core.flows.check_existence import CheckExistence
from sync_core.flows.check_health import CheckHealth, health_answer
from sync_core.flows.create_data_source_group import CreateDataSourceGroup
from sync_core.flows.discover import LEASE, Discover
from sync_core.flows.discover_all import DiscoverAll
from sync_core.flows.discover_by_term import DiscoverByTerm
from sync_core.flows.doctor import Doctor
from sync_core.flows.find_group import FindGroup
from sync_core.flows.find_missed import FindMissed
from sync_core.flows.match_asset import MatchAsset
from sync_core.flows.notify import Notify
from sync_core.flows.pauses import Pauses
from sync_core.flows.provision import Provision
from sync_core.flows.push_lineage import PushLineage
from sync_core.flows.receive_delivery import ReceiveDelivery
from sync_core.flows.reconcile import Heal, Reconcile
from sync_core.flows.register_types import RegisterTypes
from sync_core.flows.replay import Replay
from sync_core.flows.report import Report
from sync_core.flows.resolve_collection import ResolveCollection
from sync_core.flows.resolve_terms import ResolveTerms
from sync_core.flows.retire import Retire
from sync_core.flows.run_log import RunLog
from sync_core.flows.selection import ReadSelection
from sync_core.flows.take_assets import TakeAssets
from sync_core.flows.work_off_delivery import WorkOffDelivery
from sync_core.flows.write_lineage import WriteLineage
from sync_core.logs import protect_logs
from sync_core.settings import Settings, load_settings
from sync_core.state.assets import AssetStore
from sync_core.state.connection import BACKGROUND, INTERACTIVE, Patience, StorageConnection
from sync_core.state.data_sets import DataSetStore
from sync_core.state.dead_letters import DeadLetterStore
from sync_core.state.deliveries import DeliveryStore
from sync_core.state.groups import GroupStore
from sync_core.state.leases import Leases
from sync_core.state.names import (
    ASSET_QUEUE,
    ASSETS_TABLE,
    DATA_SETS_TABLE,
    DEAD_LETTERS_TABLE,
    DELIVERIES_TABLE,
    GROUPS_TABLE,
    LINEAGE_QUEUE,
    NOTES_TABLE,
    POISON_SUFFIX,
    RUNS_TABLE,
    TABLES,
)
from sync_core.state.notes import Notes
from sync_core.state.queues import PoisonQueue, WorkQueue
from sync_core.state.runs import RunStore
from sync_core.state.table import Table

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.core.pipeline.transport import RequestsTransport

logger = logging.getLogger(__name__)


def now_utc() -> datetime:
    """Return the time, aware of its zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a short unique id for a run."""
    return uuid.uuid4().hex[:16]


@cache
def app() -> "App":
    """Return the app of this process.

    Raises:
        ConfigError: settings are missing or wrong; nothing is kept, so the next call reads them again.
    """
    protect_logs()
    return App(load_settings())


def answer_status(query: Mapping[str, str]) -> HttpAnswer:
    """Answer `GET status`; while the settings are wrong, tell which and what was expected."""
    try:
        return app().doctor.answer() if query.get("examine") else app().impatient.report.answer(query)
    except SyncError as error:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": "10"})


def answer_delivery(headers: Mapping[str, str], body: bytes) -> HttpAnswer:
    """Answer the webhook; while the settings are wrong, the sender must try again later."""
    try:
        return app().impatient.receive_delivery.answer(headers, body)
    except ConfigError:
        logger.exception("A delivery cannot be taken while the settings are wrong")
        detail = "The app is not set up; send the delivery again later."
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "60"})


def answer_health() -> HttpAnswer:
    """Answer `GET health`."""
    try:
        return app().impatient.check_health.answer()
    except ConfigError:
        logger.exception("The health check found wrong settings")
        return health_answer(["settings"])


@dataclass(frozen=True)
class App:
    """Everything that the triggers call, built from the settings when it is first needed."""

    settings: Settings
    clock: Callable[[], datetime] = now_utc
    patience: Patience = BACKGROUND

    @cached_property
    def impatient(self) -> "App":
        """The same app for callers who wait: its storage gives up within seconds, before they do."""
        return replace(self, patience=INTERACTIVE)

    @cached_property
    def discover(self) -> Discover:
        """The minute tick."""
        return Discover(
            selection=ReadSelection(self.settings, self.cluedin, self._notes("toggle")),
            by_term=self._discover_by_term,
            all_assets=self._discover_all,
            take=self._take_assets,
            announce=self._announce,
            leases=self._leases,
            runs=self._runs,
            clock=self.clock,
            sleep=time.sleep,
            new_id=new_id,
            pauses=self._pauses,
        )

    @cached_property
    def create_data_source_group(self) -> CreateDataSourceGroup:
        """The worker of the asset queue."""
        find_group = FindGroup(self.cluedin, self._groups, self._assets, self.clock)
        return CreateDataSourceGroup(
            provision=Provision(self.cluedin, self._assets, self._groups, find_group, self.clock, self._notifier.is_on),
            assets=self._assets,
            bury=self.bury,
            leases=self._leases,
            queue=self._asset_queue,
            announce=self._announce,
            clock=self.clock,
            new_id=new_id,
            chance=random.random,
            pauses=self._pauses,
        )

    @cached_property
    def bury(self) -> Bury:
        """The keeper of dead letters."""
        return Bury(self._assets, self.dead_letters, self.clock, self._notifier.is_on)

    @cached_property
    def receive_delivery(self) -> ReceiveDelivery:
        """The answer to the webhook."""
        return ReceiveDelivery(self._deliveries, self._lineage_queue, self.settings.webhook_secrets, self.clock)

    @cached_property
    def work_off_delivery(self) -> WorkOffDelivery:
        """The worker of the lineage queue."""
        return WorkOffDelivery(
            push=self._push_lineage,
            store=self._data_sets,
            deliveries=self._deliveries,
            bury=self.bury,
            leases=self._leases,
            queue=self._lineage_queue,
            announce=AnnounceDataSets(self._data_sets, self._deliveries, self._notify),
            is_on=self.settings.lineage_enabled,
            clock=self.clock,
            new_id=new_id,
            chance=random.random,
            pauses=self._pauses,
        )

    @cached_property
    def _push_lineage(self) -> PushLineage:
        lineage = PurviewLineageClient(self.purview.door)
        return PushLineage(
            data_sets=CluedInDataSets(self.cluedin),
            match=MatchAsset(self._groups, self._assets, self.purview, lineage),
            purview=lineage,
            write=WriteLineage(lineage, RegisterTypes(lineage, self._notes("registered-types"), self.clock)),
            store=self._data_sets,
            collection=lambda: self._collection.name,
            host=urlsplit(self.settings.cluedin_url).hostname or "",
            clock=self.clock,
            announce=self._notifier.is_on,
        )

    @cached_property
    def reconcile(self) -> Reconcile:
        """The quarter-hourly tick."""
        cursors = self._notes("cursor")
        heal = Heal(
            assets=self._assets,
            deliveries=self._deliveries,
            letters=self.dead_letters,
            replay=self.replay,
            lineage_queue=self._lineage_queue,
            leases=self._leases,
            runs=self._runs,
            clock=self.clock,
        )
        return Reconcile(
            heal=heal,
            find_missed=FindMissed(
                data_sets=CluedInDataSets(self.cluedin),
                assets=self._assets,
                deliveries=self._deliveries,
                queue=self._lineage_queue,
                cursors=cursors,
                seen=self._notes("seen-data-set"),
                clock=self.clock,
            ),
            check_existence=CheckExistence(self.purview, self._assets, self._retire, cursors),
            selection=ReadSelection(self.settings, self.cluedin, self._notes("toggle")),
            bury=self.bury,
            work_off_delivery=self.work_off_delivery,
            asset_poison=PoisonQueue(self._storage.queues, ASSET_QUEUE + POISON_SUFFIX),
            lineage_poison=PoisonQueue(self._storage.queues, LINEAGE_QUEUE + POISON_SUFFIX),
            leases=self._leases,
            pauses=self._pauses,
            runs=self._runs,
            is_lineage_on=self.settings.lineage_enabled,
            clock=self.clock,
            new_id=new_id,
        )

    @cached_property
    def replay(self) -> Replay:
        """The way back for dead letters."""
        return Replay(self.dead_letters, self._assets, self._asset_queue, self._lineage_queue, self.clock)

    @cached_property
    def doctor(self) -> Doctor:
        """The check of everything that must be right."""
        lineage = PurviewLineageClient(self.purview.door)
        return Doctor(
            tables=[self._table(name) for name in TABLES],
            purview=self.purview,
            terms=ResolveTerms(self.purview, self._notes("cursor"), self.clock),
            collection=ResolveCollection(self.purview, self.settings.purview_collection),
            types=RegisterTypes(lineage, self._notes("registered-types"), self.clock),
            cluedin=self.cluedin,
            selection=ReadSelection(self.settings, self.cluedin, self._notes("toggle")),
            new_log=lambda: RunLog(new_id(), self.clock()),
        )

    @cached_property
    def report(self) -> Report:
        """The answer to `status`."""
        return Report(
            assets=self._assets,
            runs=self._runs,
            data_sets=self._data_sets,
            deliveries=self._deliveries,
            dead_letters=self.dead_letters,
            approvals=self.approvals,
            toggles=self._notes("toggle"),
            throttles=self._notes("throttle"),
            notifications=self._notes("notification"),
            clock=self.clock,
        )

    @cached_property
    def check_health(self) -> CheckHealth:
        """The answer to `health`."""
        return CheckHealth(self._runs, self.clock)

    @cached_property
    def purview(self) -> PurviewClient:
        """Purview, as the app's own identity."""
        tokens = AzureTokens(new_azure_credential)
        return PurviewClient(
            HttpDoor(PURVIEW, self.settings.purview_endpoint, tokens=tokens, on_throttled=self._pauses.note)
        )

    @cached_property
    def cluedin(self) -> CluedInClient:
        """CluedIn, as the service account."""
        return CluedInClient(
            HttpDoor(
                CLUEDIN,
                self.settings.cluedin_url,
                tokens=self._cluedin_tokens(),
                is_refused=is_refused,
                on_throttled=self._pauses.note,
            )
        )

    def _cluedin_tokens(self) -> TokenSource:
        settings = self.settings
        if settings.cluedin_access_token:
            return GivenToken(settings.cluedin_access_token.get_secret_value())
        password = settings.cluedin_password.get_secret_value() if settings.cluedin_password else ""
        door = HttpDoor(CLUEDIN, settings.cluedin_url)
        return PasswordTokens(door, settings.organization, settings.cluedin_username, password)

    @cached_property
    def _discover_by_term(self) -> DiscoverByTerm:
        cursors = self._notes("cursor")
        return DiscoverByTerm(
            purview=self.purview,
            terms=ResolveTerms(self.purview, cursors, self.clock),
            types=self._types,
            assets=self._assets,
            take=self._take_assets,
            retire=self._retire,
            notes=cursors,
            clock=self.clock,
        )

    @cached_property
    def _discover_all(self) -> DiscoverAll:
        return DiscoverAll(
            purview=self.purview,
            types=self._types,
            take=self._take_assets,
            notes=self._notes("cursor"),
            clock=self.clock,
            own_collection=self._own_collection,
            collection_setting=self.settings.purview_collection,
        )

    def _own_collection(self) -> str:
        """The collection that lineage goes to; empty if it is the root, which holds everyone's assets."""
        collection = self._collection
        return collection.name if collection.parent else ""

    @cached_property
    def _collection(self) -> Collection:
        return ResolveCollection(self.purview, self.settings.purview_collection).resolve()

    @cached_property
    def _pauses(self) -> Pauses:
        return Pauses(self._notes("throttle"), self.clock, random.random)

    @cached_property
    def _types(self) -> AssetTypes:
        return AssetTypes(self.purview, self._notes("type"))

    @cached_property
    def approvals(self) -> Notes:
        """What waits for a person's word, and that word."""
        return self._notes("approval")

    @cached_property
    def _retire(self) -> Retire:
        return Retire(self._assets, self.approvals, self._notify, self.clock)

    @cached_property
    def _take_assets(self) -> TakeAssets:
        return TakeAssets(self._assets, self._asset_queue, self.clock)

    @cached_property
    def _announce(self) -> Announce:
        return Announce(self._assets, self._notify, lambda: self._leases.is_held(LEASE))

    @cached_property
    def _notify(self) -> Notify:
        return Notify(self._notifier, self._notes("notification"), self.clock)

    @cached_property
    def _notifier(self) -> Notifier:
        return new_notifier(self.settings.notify_urls)

    @cached_property
    def _storage(self) -> StorageConnection:
        settings = self.settings
        secret = settings.storage_connection_string
        return StorageConnection(
            connection_string=secret.get_secret_value() if secret else "",
            account_name=settings.storage_account_name,
            table_uri=settings.storage_table_service_uri or "",
            queue_uri=settings.storage_queue_service_uri or "",
            new_credential=lambda: new_storage_credential(settings),
            patience=self.patience,
            new_transport=new_storage_transport,
        )

    @cached_property
    def _data_sets(self) -> DataSetStore:
        return DataSetStore(self._table(DATA_SETS_TABLE))

    @cached_property
    def _deliveries(self) -> DeliveryStore:
        return DeliveryStore(self._table(DELIVERIES_TABLE))

    @cached_property
    def _assets(self) -> AssetStore:
        return AssetStore(self._table(ASSETS_TABLE))

    @cached_property
    def _groups(self) -> GroupStore:
        return GroupStore(self._table(GROUPS_TABLE))

    @cached_property
    def _runs(self) -> RunStore:
        return RunStore(self._table(RUNS_TABLE))

    @cached_property
    def dead_letters(self) -> DeadLetterStore:
        """The dead letters."""
        return DeadLetterStore(self._table(DEAD_LETTERS_TABLE))

    @cached_property
    def _leases(self) -> Leases:
        return Leases(self._table(NOTES_TABLE))

    @cached_property
    def _asset_queue(self) -> WorkQueue:
        return WorkQueue(self._storage.queues, ASSET_QUEUE)

    @cached_property
    def _lineage_queue(self) -> WorkQueue:
        return WorkQueue(self._storage.queues, LINEAGE_QUEUE)

    def _notes(self, kind: str) -> Notes:
        return Notes(self._table(NOTES_TABLE), kind)

    def _table(self, name: str) -> Table:
        return Table(self._storage.tables, name)


def new_azure_credential() -> "TokenCredential":
    """Return the identity for Purview: managed in Azure (AZURE_CLIENT_ID counts), the developer's own on a laptop."""
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415  # slow to import

    return DefaultAzureCredential()


def new_storage_transport(patience: Patience) -> "RequestsTransport":
    """Return a transport whose pool of connections suits the many threads of a host."""
    from azure.core.pipeline.transport import RequestsTransport  # noqa: PLC0415  # slow to import

    return RequestsTransport(
        session=pooled_session(),
        session_owner=False,
        connection_timeout=patience.timeout_s,
        read_timeout=patience.timeout_s,
    )


def new_storage_credential(settings: Settings) -> "TokenCredential":
    """Return the identity for storage, chosen by the same settings as the host's own connection."""
    from azure.identity import DefaultAzureCredential, ManagedIdentityCredential  # noqa: PLC0415  # slow to import

    client_id = settings.storage_client_id
    if settings.storage_credential.lower() == "managedidentity":
        return ManagedIdentityCredential(client_id=client_id or None)
    return DefaultAzureCredential(managed_identity_client_id=client_id or None)
