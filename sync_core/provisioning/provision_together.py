"""Gives several new assets their groups and sources in CluedIn: one request a step for all, one transaction a step.

Each step is that of `Provision`, and saved before the next one begins, so that whoever comes after a crash finds what
that way finds. Only what is plain goes together: an asset for which anything was asked before, or stands in CluedIn, or
whose answer is odd, goes on alone by `Provision`, which looks before it makes anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from sync_core.assets.asset_rows import StoredAsset
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.changes import Change, Changing, member_of
from sync_core.assets.names import plain_group_name, search_text, source_name
from sync_core.assets.record import AssetRecord, AssetStatus, Origin
from sync_core.cluedin.batches import CluedInBatches
from sync_core.cluedin.client import Made
from sync_core.errors import AlreadyExistsError, ConflictError, RejectedError, SyncError
from sync_core.jobs.claims import Claim, Step, StoredJob
from sync_core.jobs.message import Member
from sync_core.jobs.together import Outcome, carry_out_together
from sync_core.ledger import request_ledger
from sync_core.logs import get_logger
from sync_core.provisioning.batch_limit import BatchLimit
from sync_core.provisioning.find_group import FindGroup
from sync_core.provisioning.group_store import GroupStore
from sync_core.provisioning.new_group_name import new_group_name
from sync_core.provisioning.provision import MARGIN_S, looked_at_again
from sync_core.provisioning.steps import Naming, Owning, Proof, changer, with_group, with_source
from sync_core.storage.table import Operation

logger = get_logger(__name__)

SHOWN_AFTER_S = 5.0  # what a refused batch may have made all the same is shown by then


@dataclass
class One:
    """An asset on its way: as it is stored, what its group is to be called, and what was made for it last.

    It is begun once a step of it may be saved.
    """

    claim: Claim
    stored: StoredAsset
    is_begun: bool = False
    name: str = ""
    made: Made = field(default_factory=lambda: Made("", ""))

    @property
    def record(self) -> AssetRecord:
        """Its record, as it was last read or written."""
        return self.stored.record


@dataclass
class Batch:
    """Those that are still together, and what became of the others."""

    together: list[One]
    outcome: Outcome = field(default_factory=Outcome)

    def fail(self, one: One, error: SyncError) -> None:
        """Let one fail by an error of its own; one whose claim is lost is another worker's."""
        self.together.remove(one)
        if isinstance(error, ConflictError):
            logger.warning("Asset %s is another worker's: %s", one.record.key, error)
        else:
            (self.outcome.failed if one.is_begun else self.outcome.unbegun).append((one.claim, error))

    def leave(self, one: One, after_s: float = 0) -> None:
        """Let one go on alone."""
        self.together.remove(one)
        self.outcome.alone.append((one.claim, after_s))


@dataclass(frozen=True)
class ProvisionTogether:
    """Provisions claimed assets together; see `Team`."""

    batches: CluedInBatches
    assets: AssetStore
    groups: GroupStore
    find_group: FindGroup
    batch_limit: BatchLimit
    clock: Callable[[], datetime]
    announce: bool

    def limit(self) -> int:
        """For how many at once."""
        return self.batch_limit.current()

    def tell(self, jobs: Sequence[StoredJob]) -> list[Member]:
        """Return what a message would tell of the assets of these jobs that are new."""
        records = self.assets.load_many([one.job.key for one in jobs])
        return [
            member_of(stored.record, one.job, stored.etag, one.etag)
            for one in jobs
            if (stored := records.get(one.job.key)) and _is_new(stored.record)
        ]

    def do(self, pairs: Sequence[tuple[Claim, Member]]) -> Outcome:
        """Bring assets to `synced`; those for which that is not plain are left to go alone.

        Raises:
            SyncError: it is of all that are still together; what was reached is saved.
        """
        batch = Batch([], Outcome())
        for claim, member in pairs:
            stored = _stored(member)
            if stored is None:
                batch.outcome.alone.append((claim, 0))
            else:
                batch.together.append(One(claim, stored))
        try:
            self._provision(batch)
        except SyncError as error:
            for one in list(batch.together):
                batch.fail(one, error)
        return batch.outcome

    def _provision(self, batch: Batch) -> None:
        with request_ledger() as requests:
            self.batches.cluedin.author_id()  # so that nothing slow lies between a renewal and its create call
            self._name(batch)
            self._save_names(batch)
            started = self.clock()
            self._make(batch, lambda ones: self.batches.create_groups([one.name for one in ones]))
            self._save_groups(batch, (self.clock() - started).total_seconds() + MARGIN_S)
            self._make(batch, lambda ones: self.batches.create_sources([_source_of(one) for one in ones]))
            self._save_ends(batch, requests)

    def _name(self, batch: Batch) -> None:
        """Look each asset up, and name the groups of those that CluedIn has never seen."""
        if not batch.together:
            return
        ones = list(batch.together)
        known = self.find_group.known_sources([one.record for one in ones], ones[0].claim.run_id)
        try:
            pages = self.batches.fetch_first_pages([search_text(one.record.name) for one in ones])
        except RejectedError as error:
            self._go_alone(batch, error, 0)
            return
        used: set[str] = set()
        for one, page, of_source in zip(ones, pages, known, strict=True):
            name = None if isinstance(page, SyncError) else new_group_name(one.record, page, of_source, used)
            if name is None:
                batch.leave(one)
            else:
                one.name = name
                used.add(name)

    def _go_alone(self, batch: Batch, error: RejectedError, after_s: float) -> None:
        self.batch_limit.refused(len(batch.together), error)
        for one in list(batch.together):
            batch.leave(one, after_s)

    def _make(self, batch: Batch, call: Callable[[Sequence[One]], list[Made | SyncError]]) -> None:
        """Have something made for each; what CluedIn refuses one of them goes on alone."""
        ones = list(batch.together)
        if not ones:
            return
        try:
            with looked_at_again():
                found = call(ones)
        except RejectedError as error:
            self._go_alone(batch, error, SHOWN_AFTER_S)
            return
        self.batch_limit.worked()
        for one, made in zip(ones, found, strict=True):
            if isinstance(made, Made):
                one.made = made
            elif isinstance(made, RejectedError):
                logger.info("Asset %s goes on alone: %s", one.record.key, made)
                batch.leave(one, SHOWN_AFTER_S)
            else:
                batch.fail(one, made)

    def _save_names(self, batch: Batch) -> None:
        """Note how each group is to be called: should the answer be lost, it is looked for by that."""

        def others(one: One) -> Callable[[], Sequence[Operation]]:
            is_plain = one.name == plain_group_name(one.record)
            return Naming(self.groups, one.record).operations if is_plain else tuple

        self._save(batch, lambda one: changer(group_name=one.name), others)

    def _save_groups(self, batch: Batch, age_s: float) -> None:
        def others(one: One) -> Callable[[], Sequence[Operation]]:
            return Owning(self.groups, one.made.id, one.record.key, age_s).operations

        now = self.clock()
        self._save(batch, lambda one: with_group(one.made.id, one.name, Origin.CREATED, now), others)

    def _save(
        self,
        batch: Batch,
        change: Callable[[One], Change],
        others: Callable[[One], Callable[[], Sequence[Operation]]],
    ) -> None:
        """Change the records, renew the claims, and do `others` in the same transaction."""
        for one in batch.together:
            one.is_begun = True
        changes = [(one, Changing(self.assets.existing, one.stored, change(one))) for one in batch.together]
        steps = [one.claim.renewing(_both(changing.operations, others(one))) for one, changing in changes]
        for (one, changing), etags in _carried_out(batch, changes, steps):
            one.stored = StoredAsset(changing.changed, etags[0])

    def _save_ends(self, batch: Batch, requests: Mapping[str, int]) -> None:
        """Make the records synced, and end the jobs."""
        changes = [
            (one, Changing(self.assets.existing, one.stored, with_source(one.record, one.made, Origin.CREATED, proof)))
            for one in batch.together
            for proof in [Proof(one.claim.run_id, self.clock(), requests)]
        ]
        steps = [one.claim.ending(_both(changing.operations, self._end(one, changing))) for one, changing in changes]
        for (one, _), _ in _carried_out(batch, changes, steps):
            logger.info(
                "Asset %s has group %s and source %s, created", one.record.key, one.record.group_id, one.made.id
            )

    def _end(self, one: One, changing: Changing) -> Callable[[], Sequence[Operation]]:
        binding = self.groups.binding_source(one.made.id, one.record.key)
        return lambda: [binding, *(changing.telling() if self.announce else [])]


def _carried_out(
    batch: Batch, changes: Sequence[tuple[One, Changing]], steps: Sequence[Step]
) -> Iterator[tuple[tuple[One, Changing], list[str]]]:
    """Yield those whose step was carried out, with the ETags of what it changed."""
    results = carry_out_together(steps) if steps else []
    for pair, result in zip(changes, results, strict=True):
        if isinstance(result, list):
            yield pair, result
        elif isinstance(result, AlreadyExistsError):
            batch.leave(pair[0])  # another asset was faster to take the name
        else:
            batch.fail(pair[0], result)


def _both(
    first: Callable[[], Sequence[Operation]], then: Callable[[], Sequence[Operation]]
) -> Callable[[object], Sequence[Operation]]:
    return lambda _: [*first(), *then()]


def _source_of(one: One) -> tuple[str, str]:
    return one.record.group_id, source_name(one.record)


def _is_new(record: AssetRecord) -> bool:
    """Whether nothing was made for an asset, nor asked for."""
    is_touched = record.group_id or record.group_name or record.source_id or record.gone_at
    return record.status is AssetStatus.QUEUED and not is_touched


def _stored(member: Member) -> StoredAsset | None:
    """Return the record as the message tells of it."""
    try:
        return StoredAsset(AssetRecord.model_validate(member.about), member.about_etag)
    except ValidationError as error:
        logger.info("The record of asset %s is read: %s", member.key, error)
        return None
