"""Gives one asset its data source group and data source in CluedIn: exactly one of each, whatever crashes.

CluedIn's create calls are not idempotent, queues deliver more than once, processes die anywhere. So: claim the asset,
look before creating, make ownership one atomic insert, save after each call. Whoever comes next finds each half-done
state and goes on from there. See docs/architecture.md, "Exactly one group per asset".
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.changes import Change, Others
from sync_core.assets.names import full_group_name, plain_group_name, source_name, unmistakable_group_name
from sync_core.assets.record import AssetRecord, Origin
from sync_core.cluedin.client import CLUEDIN, CluedInClient, Made
from sync_core.cluedin.wire import DataSource, DataSourceSet
from sync_core.errors import AlreadyExistsError, NotFoundError, SlowAnswerError, TransientError
from sync_core.jobs.claims import Claim
from sync_core.ledger import request_ledger
from sync_core.logs import get_logger
from sync_core.provisioning.find_group import FindGroup, own_source
from sync_core.provisioning.group_store import UNREADABLE, GroupStore
from sync_core.provisioning.steps import (
    NO_GROUP,
    Naming,
    Owning,
    Proof,
    changer,
    is_known_source,
    with_group,
    with_source,
)

logger = get_logger(__name__)

# Longer than a gateway waits before it gives up on what CluedIn may still carry out.
LATE_S = 90.0
MARGIN_S = 5.0
NOT_SHOWN_RETRY_S = 300.0  # as often as CluedIn is read as a whole


@dataclass(frozen=True)
class Provision:
    """Provisions one claimed asset. `announce` keeps news of it for a notification."""

    cluedin: CluedInClient
    assets: AssetStore
    groups: GroupStore
    find_group: FindGroup
    clock: Callable[[], datetime]
    announce: bool

    def provision(self, stored: StoredAsset, claim: Claim) -> AssetRecord:
        """Bring the asset to `synced`, from wherever an earlier try left it. Idempotent.

        Raises:
            TransientError: it may work later; all that was reached is saved.
            RejectedError: CluedIn refuses the asset's group or source for good.
            ConflictError: another worker took the claim.
        """
        with request_ledger() as requests:
            self.cluedin.author_id()  # asked for now, so that nothing slow lies between a renewal and its create call
            stored, group = self._check_group(stored, claim)
            source = own_source(stored.record, group) if group else None
            if group and source is None and group.unreadable_sources:
                raise TransientError(
                    f"CluedIn shows sources of group {group.id} that cannot be read: one may be this asset's.",
                    service=CLUEDIN.name,
                )
            if not stored.record.group_id:
                stored, source = self._give_group(stored, claim)
            if source:
                return self._save_synced(stored, Made(source.id, ""), Origin.ADOPTED, claim, requests)
            with looked_at_again():
                made = self.cluedin.create_source(stored.record.group_id, source_name(stored.record))
            return self._save_synced(stored, made, Origin.CREATED, claim, requests)

    def _give_group(self, stored: StoredAsset, claim: Claim) -> tuple[StoredAsset, DataSource | None]:
        """Find or make a group, and save it; the claim is renewed thereby."""
        found, shown = self.find_group.find(stored.record, claim.run_id, claim.job.unseen_since)
        if found:
            return self._adopt(stored, found.group, claim), found.source
        started = self.clock()
        with looked_at_again():
            stored, made = self._create_group(stored, {group.name for group in shown}, claim)
        age_s = (self.clock() - started).total_seconds() + MARGIN_S
        owning = Owning(self.groups, made.id, stored.record.key, age_s)
        given = with_group(made.id, stored.record.group_name, Origin.CREATED, self.clock())
        return self._save_group(stored, given, claim, owning.operations), None

    def _create_group(self, stored: StoredAsset, taken: Collection[str], claim: Claim) -> tuple[StoredAsset, Made]:
        """Make a group under the first of its names that is free; CluedIn may compare names without their case."""
        record = stored.record
        plain, full, last = plain_group_name(record), full_group_name(record), unmistakable_group_name(record)
        for name in (plain, full):
            if name == plain and plain in taken:
                continue
            try:
                stored = self._mean(stored, name, claim, Naming(self.groups, record) if name == plain else None)
                return stored, self.cluedin.create_group(name)
            except AlreadyExistsError as error:
                logger.info("Asset %s cannot have its group called '%s': %s", record.key, name, error)
        stored = self._mean(stored, last, claim)
        return stored, self.cluedin.create_group(last)

    def _mean(self, stored: StoredAsset, name: str, claim: Claim, naming: "Naming | None" = None) -> StoredAsset:
        """Note how the group is to be called: should the answer to its creation be lost, it is looked for by that."""
        return self.assets.save(stored, changer(group_name=name), claim, naming.operations if naming else tuple)

    def _check_group(self, stored: StoredAsset, claim: Claim) -> tuple[StoredAsset, DataSourceSet | None]:
        """Return what stands of an earlier try, or of a group that was whole.

        What CluedIn does not show is not gone: another one is made only after that was proven (`absence/groups.py`).

        Raises:
            TransientError: it is not shown, and not proven to be gone.
        """
        record = stored.record
        if not record.group_id or record.group_at is None:
            return stored, None
        group = self.find_group.existing(record)
        if group and not self._is_own(group, record):
            # the ownership rows were lost, and another asset was faster
            logger.warning("Group %s of asset %s is another asset's; a new one is made", record.group_id, record.key)
            return self.assets.save(stored, changer(**NO_GROUP), claim), None
        if record.gone_at is None:
            _check_that_it_is_shown(record, group)
        if group is None:
            logger.warning("Group %s of asset %s is gone; another one is made", record.group_id, record.key)
            self.groups.disown_group(record.group_id, record.key)
            return self.assets.save(stored, changer(**NO_GROUP), claim), None
        if group.id != record.group_id:
            return self._adopt(stored, group, claim), group
        return stored, group

    def _is_own(self, group: DataSourceSet, record: AssetRecord) -> bool:
        """Claim a group that is recorded; where the row of its owner cannot be read, the record tells whose it is.

        With the asset's source in it, it is the asset's, whomever the row of its id named before CluedIn was restored.
        """
        if self.groups.claim_group(group.id, record.key):
            return True
        if not own_source(record, group):
            return self.groups.change_owner(group.id, UNREADABLE, record.key)
        self.groups.change_owner(group.id, self.groups.owner(group.id), record.key)
        return True

    def _adopt(self, stored: StoredAsset, group: DataSourceSet, claim: Claim) -> StoredAsset:
        return self._save_group(stored, with_group(group.id, group.name, Origin.ADOPTED, self.clock()), claim)

    def _save_group(self, stored: StoredAsset, change: Change, claim: Claim, others: Others = tuple) -> StoredAsset:
        saved = self.assets.save(stored, change, claim, others)
        record = saved.record
        logger.info("Asset %s has group %s, %s", record.key, record.group_id, record.group_origin)
        return saved

    def _save_synced(
        self, stored: StoredAsset, made: Made, origin: Origin, claim: Claim, requests: Mapping[str, int]
    ) -> AssetRecord:
        record = stored.record
        how = "as before" if is_known_source(record, made.id) else origin.value
        logger.info("Asset %s has source %s, %s", record.key, made.id, how)
        change = with_source(record, made, origin, Proof(claim.run_id, self.clock(), requests))
        binding = self.groups.binding_source(made.id, record.key)
        return self.assets.finish(stored, change, claim, lambda: [binding], announce=self.announce)


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
def looked_at_again() -> Iterator[None]:
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
