"""Gives one asset its data source group and data source in CluedIn: exactly one of each, whatever crashes.

CluedIn's create calls are not idempotent, queues deliver more than once, processes die anywhere. So: claim the asset,
look before creating, make ownership one atomic insert, save after each call. Whoever comes next finds each half-done
state and goes on from there. See docs/architecture.md, "Exactly one group per asset".
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync_core.assets.asset_store import AssetStore
from sync_core.assets.names import full_group_name, plain_group_name, source_name, unmistakable_group_name
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.cluedin.client import CLUEDIN, CluedInClient, Made
from sync_core.cluedin.wire import DataSource, DataSourceSet
from sync_core.errors import AlreadyExistsError, NotFoundError, SlowAnswerError, TransientError
from sync_core.jobs.claims import Claim
from sync_core.ledger import request_ledger
from sync_core.logs import get_logger
from sync_core.provisioning.find_group import FindGroup, own_source
from sync_core.provisioning.group_store import UNREADABLE, GroupStore

logger = get_logger(__name__)

# Longer than a gateway waits before it gives up on what CluedIn may still carry out.
LATE_S = 90.0
MARGIN_S = 5.0
NOT_SHOWN_RETRY_S = 300.0  # as often as CluedIn is read as a whole
NO_GROUP = {"group_id": "", "group_name": "", "group_origin": None, "group_at": None, "source_id": ""}


@dataclass(frozen=True)
class Provision:
    """Provisions one claimed asset. `announce` keeps news of it for a notification."""

    cluedin: CluedInClient
    assets: AssetStore
    groups: GroupStore
    find_group: FindGroup
    clock: Callable[[], datetime]
    announce: bool

    def provision(self, record: AssetRecord, claim: Claim) -> AssetRecord:
        """Bring the asset to `synced`, from wherever an earlier try left it. Idempotent.

        Raises:
            TransientError: it may work later; all that was reached is saved.
            RejectedError: CluedIn refuses the asset's group or source for good.
            ConflictError: another worker took the claim.
        """
        with request_ledger() as requests:
            self.cluedin.author_id()  # asked for now, so that nothing slow lies between a renewal and its create call
            record, group = self._check_group(record)
            source = own_source(record, group) if group else None
            if group and source is None and group.unreadable_sources:
                raise TransientError(
                    f"CluedIn shows sources of group {group.id} that cannot be read: one may be this asset's.",
                    service=CLUEDIN.name,
                )
            if not record.group_id:
                record, source = self._give_group(record, claim)
            if source:
                return self._save_synced(record, Made(source.id, ""), Origin.ADOPTED, claim, requests)
            claim.renew()
            with _looked_at_again():
                made = self.cluedin.create_source(record.group_id, source_name(record))
            return self._save_synced(record, made, Origin.CREATED, claim, requests)

    def _give_group(self, record: AssetRecord, claim: Claim) -> tuple[AssetRecord, DataSource | None]:
        found, shown = self.find_group.find(record, claim.run_id, claim.job.unseen_since)
        if found:
            return self._save_group(record, found.group.id, found.group.name, Origin.ADOPTED), found.source
        started = self.clock()
        with _looked_at_again():
            name, made = self._create_group(record, {group.name for group in shown}, claim)
        age_s = (self.clock() - started).total_seconds() + MARGIN_S
        if self.groups.claim_new_group(made.id, record.key, age_s):
            return self._save_group(record, made.id, name, Origin.CREATED), None
        raise TransientError(f"Another asset claimed group {made.id} that was made for '{record.name}'.")

    def _create_group(self, record: AssetRecord, taken: Collection[str], claim: Claim) -> tuple[str, Made]:
        """Make a group under the first of its names that is free; CluedIn may compare names without their case."""
        names = [full_group_name(record), unmistakable_group_name(record)]
        plain = plain_group_name(record)
        if plain not in taken and self.groups.claim_name(plain, record.key):
            names.insert(0, plain)
        for name in names[:-1]:
            try:
                return name, self._make_group(record, name, claim)
            except AlreadyExistsError as error:
                logger.info("Asset %s cannot have its group called '%s': %s", record.key, name, error)
        return names[-1], self._make_group(record, names[-1], claim)

    def _make_group(self, record: AssetRecord, name: str, claim: Claim) -> Made:
        """Make a group, and say so first: should the answer be lost, it is looked for by that name."""
        if record.group_name != name:
            self._change(record, group_name=name)
        claim.renew()
        return self.cluedin.create_group(name)

    def _check_group(self, record: AssetRecord) -> tuple[AssetRecord, DataSourceSet | None]:
        """Return what stands of an earlier try, or of a group that was whole.

        What CluedIn does not show is not gone: another one is made only after that was proven (`absence/groups.py`).

        Raises:
            TransientError: it is not shown, and not proven to be gone.
        """
        if not record.group_id or record.group_at is None:
            return record, None
        group = self.find_group.existing(record)
        if group and not self._is_own(group, record):
            # the ownership rows were lost, and another asset was faster
            logger.warning("Group %s of asset %s is another asset's; a new one is made", record.group_id, record.key)
            return self._change(record, **NO_GROUP), None
        if record.gone_at is None:
            _check_that_it_is_shown(record, group)
        if group is None:
            logger.warning("Group %s of asset %s is gone; another one is made", record.group_id, record.key)
            self.groups.disown_group(record.group_id)
            return self._change(record, **NO_GROUP), None
        if group.id != record.group_id:
            return self._save_group(record, group.id, group.name, Origin.ADOPTED), group
        return record, group

    def _is_own(self, group: DataSourceSet, record: AssetRecord) -> bool:
        """Claim a group that is recorded; where the row of its owner cannot be read, the record tells whose it is."""
        if self.groups.claim_group(group.id, record.key) or own_source(record, group):
            return True
        return self.groups.change_owner(group.id, UNREADABLE, record.key)

    def _save_group(self, record: AssetRecord, group_id: str, name: str, origin: Origin) -> AssetRecord:
        logger.info("Asset %s has group %s, %s", record.key, group_id, origin.value)
        return self._change(record, group_id=group_id, group_name=name, group_origin=origin, group_at=self.clock())

    def _save_synced(
        self,
        record: AssetRecord,
        made: Made,
        origin: Origin,
        claim: Claim,
        requests: Mapping[str, int],
    ) -> AssetRecord:
        logger.info("Asset %s has source %s, %s", record.key, made.id, origin.value)
        self.groups.bind_source(made.id, record.key)
        changes = {
            "status": AssetStatus.SYNCED,
            "source_id": made.id,
            "source_name": source_name(record),
            "source_origin": origin,
            "gone_at": None,
            "synced_at": self.clock(),
            "synced_name": record.name,
            "synced_run_id": claim.run_id,
            "synced_request_id": made.request_id,
            "synced_requests": dict(requests),
        }
        return self.assets.finish(record.key, _changer(changes), claim, announce=self.announce)

    def _change(self, record: AssetRecord, **changes: Any) -> AssetRecord:
        return self.assets.change(record.key, _changer(changes))


def _check_that_it_is_shown(record: AssetRecord, group: DataSourceSet | None) -> None:
    if group is not None and (not record.source_id or own_source(record, group)):
        return
    what = f"source {record.source_id}" if record.source_id else f"group {record.group_id}"
    raise TransientError(
        f"CluedIn does not show {what} of asset {record.key}; another one is made once snapshots of CluedIn prove that "
        "it is gone.",
        retry_after_s=NOT_SHOWN_RETRY_S,
    )


@contextmanager
def _looked_at_again() -> Iterator[None]:
    """Put off what leaves open what stands in CluedIn: the next try looks before it makes anything."""
    try:
        yield
    except SlowAnswerError as error:
        if error.service != CLUEDIN.name:
            raise
        # It may still be carried out: no one may look, and then make another, before that is over.
        raise TransientError(str(error), retry_after_s=LATE_S) from error
    except (AlreadyExistsError, NotFoundError) as error:
        # What was made a moment ago may not show everywhere yet.
        raise TransientError(str(error), service=CLUEDIN.name) from error


def _changer(changes: Mapping[str, Any]) -> Callable[[AssetRecord], AssetRecord]:
    return lambda record: record.model_copy(update=changes)
