"""The real app over real Azurite and simulated services, with shortcuts to look at all of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from local.cluedin.admin import actions
from local.cluedin.admin.bodies import GroupAddress, NewGroup, NewSource
from local.simulation import Clock
from sync_core.app import App
from sync_core.assets.record import AssetRecord
from sync_core.purview.asset import Asset
from tests.kit.between import AppAtCluedIn, ToldAsset, failure_of
from tests.kit.settings import settings_of
from tests.kit.virtual import make_calm_app

CREATE_GROUP = "inbound.createDataSourceSet"
CREATE_SOURCE = "inbound.createDataSource$"
LIST_GROUPS = "inbound.dataSourceSets"
NO_PURVIEW = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Bench(AppAtCluedIn):
    """The app, the organization it works in, and shortcuts to look at both."""

    def add_asset(self, name: str = "Account.csv", qualified_name: str = "", type_name: str = "azure_sql_table") -> str:
        """Record an asset as discovery would and return its key; no message is sent."""
        qualified_name = qualified_name or f"https://lake.example/{name}"
        return self.record_asset(Asset(f"guid of {qualified_name}", type_name, name, qualified_name, name))

    def deliver(self, key: str) -> None:
        """Hand the worker the message of an asset."""
        self.deliver_asset(key)

    def settle(self, key: str) -> None:
        """Let the seconds pass for which no one may look after a call whose outcome is not known."""
        jobs = self.app.asset_jobs
        stored = jobs.load(key)
        assert stored is not None
        assert not stored.job.owner
        jobs.change(stored, stored.job.model_copy(update={"held_until": None}))

    def age_group(self, key: str) -> None:
        """Let an asset's group be made long ago."""
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        self.app.assets.change(key, lambda record: record.model_copy(update={"group_at": long_ago}))

    def rename_group(self, name: str, new_name: str) -> None:
        """Give a group another name, as a person may in the UI."""
        groups = self.cluedin.store.data_source_sets
        for group in [group for group in groups.values() if group.name == name]:
            groups[group.id] = replace(group, name=new_name)

    def record(self, key: str) -> ToldAsset:
        """Return what is recorded of an asset and of its job."""
        stored = self.app.assets.load(key)
        assert stored is not None
        return self.told(stored.record)

    def told(self, record: AssetRecord) -> ToldAsset:
        """Return a record with how its job goes, if anything is outstanding."""
        job = self.app.asset_jobs.load(record.key)
        return ToldAsset(**record.model_dump(), **failure_of(job.job if job else None))

    def groups(self) -> list[tuple[str, list[str]]]:
        """Return what stands in CluedIn: each group's name with the names of its sources."""
        with self.cluedin.store.lock:
            return sorted(
                (group.name, sorted(source.name for source in self.cluedin.store.visible_sources_of(group.id)))
                for group in self.cluedin.store.data_source_sets.values()
            )

    def add_foreign_group(self, name: str, *sources: str) -> None:
        """Make a group as another person would."""
        new_sources = [NewSource(name=source, type="file") for source in sources]
        actions.add_group(self.cluedin, NewGroup(name=name, sources=new_sources))

    def delete_group(self, name: str) -> None:
        """Delete a group as another person would."""
        actions.delete_group(self.cluedin, GroupAddress(name=name))


def make_app(cluedin_url: str, storage: str, clock: Clock) -> App:
    """Make the app as another process would have it: its own clients and memory. Nobody listens where Purview is."""
    return make_calm_app(settings_of(NO_PURVIEW, cluedin_url, storage), clock)
