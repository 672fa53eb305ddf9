"""Reads what the app's own rows say of one asset."""

from contextlib import suppress
from dataclasses import dataclass

from sync_core.absence.approval import ApprovalNeeded
from sync_core.absence.retire import NEEDED
from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.record import AssetRecord
from sync_core.discovery.terms.find_concepts import STORE as CATALOG
from sync_core.discovery.terms.resolve_terms import STORE as CLASSIC
from sync_core.errors import RejectedError, SyncError
from sync_core.jobs.job import Job
from sync_core.operations.explain.evidence import InPurview, State
from sync_core.purview.asset import record_key
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.deferred_store import DeferredStore
from sync_core.storage.notes import Notes
from sync_core.storage.unreadable import Unreadable


@dataclass(frozen=True)
class LookAtState:
    """Reads the record, its job, what is put off, and what waits for a person."""

    assets: AssetStore
    deferred: DeferredStore
    approvals: Notes

    def look(self, seen: InPurview) -> State:
        """Return the state; an asset that Purview does not show is found by its guid."""
        errors: list[str] = []
        record, job = None, None
        try:
            found = self._record(seen)
            if isinstance(found, Unreadable):
                errors.append(found.reason)
            elif found is not None:
                record, job = found, self._job(found.key)
        except SyncError as error:
            errors.append(str(error))
        return State(record, job, tuple(self._deferred(seen)), self._approval_needed(), tuple(errors))

    def _record(self, seen: InPurview) -> AssetRecord | Unreadable | None:
        """An asset that was scanned again has the key that it had; one that was replaced has another one's guid."""
        own = [record_key(seen.asset)] if seen.asset else []
        for key in [*own, *(one for one in self.assets.index.keys_of(seen.guid) if one not in own)]:
            stored = self.assets.look_up(key)
            if stored is not None:
                return stored.record if isinstance(stored, StoredAsset) else stored
        return None

    def _job(self, key: str) -> Job | None:
        with suppress(RejectedError):
            stored = self.assets.jobs.load(key)
            return stored.job if stored else None
        return None

    def _deferred(self, seen: InPurview) -> list[Deferred]:
        things = [(Kind.ASSET, seen.guid), (Kind.STORE, CLASSIC), (Kind.STORE, CATALOG)]
        things += [(Kind.TYPE, seen.asset.type_name)] if seen.asset else []
        found: list[Deferred] = []
        for kind, thing in things:
            with suppress(SyncError):
                one = self.deferred.find(kind, thing)
                found += [one] if one else []
        return found

    def _approval_needed(self) -> ApprovalNeeded | None:
        with suppress(SyncError):
            return self.approvals.load(ApprovalNeeded, NEEDED)
        return None
