"""Answers what a term would do: reads what it selects and what stands in CluedIn, and plans. Writes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sync_core.absence.losses import is_free
from sync_core.answer import HttpAnswer, json_answer, problem
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.entry import PARTS, Entry, Standing
from sync_core.assets.record import AssetStatus
from sync_core.discovery.search_windows import SearchWindows, Tick
from sync_core.discovery.selection import ReadSelection
from sync_core.discovery.terms.keywords import ALL_ASSETS, Selection
from sync_core.discovery.terms.resolve_terms import ResolvedTerms, ResolveTerms
from sync_core.discovery.terms.targets import is_of_catalog
from sync_core.errors import ConfigError, OutOfTimeError, RejectedError, SyncError, UnforeseenError, UnknownTermError
from sync_core.logs import get_logger
from sync_core.operations.parts import Part, format_token, parse_token
from sync_core.operations.plan.draft import Draft, Left
from sync_core.operations.plan.plan import Act, LeftOut, Plan, merged
from sync_core.operations.plan.plan_groups import (
    Groups,
    contested,
    looks_until_retired,
    plan_absent,
    plan_selected,
    requests_of,
    seconds_of,
    sources_seen,
)
from sync_core.operations.plan.read_groups import ReadGroups
from sync_core.operations.plan.read_selected import Describe, Described, Row, Rows, guids_of
from sync_core.provisioning.group_store import GroupStore
from sync_core.purview.asset import Asset, record_key
from sync_core.purview.client import PAGE_SIZE, PurviewClient
from sync_core.purview.search_filters import everything_but_own
from sync_core.runs.defer import unremembered
from sync_core.runs.run_log import RunLog

logger = get_logger(__name__)

PLAN = "plan"
PARAMETERS = {PLAN, "next"}
CONFIGURED = "configured"
MAX_PARTS = 100_000
LOST = "It is no longer among what is selected."


@dataclass(frozen=True)
class MakePlan:
    """Makes plans."""

    selection: ReadSelection
    terms: ResolveTerms
    purview: PurviewClient
    new_rows: Callable[[], Rows]
    describe: Describe
    groups: ReadGroups
    names: GroupStore
    assets: AssetStore
    paused: Callable[[], Mapping[str, object]]
    own_collection: Callable[[], str]
    new_log: Callable[[], RunLog]
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET status?plan=...`, with `next` where it goes on; a wrong query gets a problem that names it.

        Raises:
            SyncError: it cannot be made now.
        """
        try:
            return json_answer(self.part(query["plan"], query.get("next") or "").to_json())
        except UnknownTermError as error:  # not for who set the app up: whoever asked has to name another one
            return problem(HTTPStatus.NOT_FOUND, str(error), parameter=PLAN)
        except RejectedError as error:
            if error.code in PARAMETERS:
                return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
            return problem(HTTPStatus.BAD_GATEWAY, str(error), causeClass=error.cause_class)

    def whole(self, asked: str) -> Plan:
        """Return the whole plan, however long it takes."""
        return merged(self.parts(asked))

    def parts(self, asked: str) -> Iterator[Plan]:
        """Yield a plan part by part, as it is made."""
        token = ""
        for _ in range(MAX_PARTS):
            found = self.part(asked, token)
            yield found
            token = found.next or ""
            if not token:
                return

    def part(self, asked: str, token: str = "") -> Plan:
        """Return what can be told within some seconds. What fails ends it: the same again may go on there.

        `asked` is `configured`, or keywords as in SYNC_TERM.

        Raises:
            UnknownTermError: no keyword names a term.
            RejectedError: `code` is the parameter that is wrong; a service refuses what is asked for, where it is none.
            SyncError: it cannot be made now.
        """
        asked, part = asked.strip(), Part.begin(self.monotonic)
        left = parse_token(Left, token) if token else Left()
        plan = Plan(asked=asked, generated_at=self.clock().isoformat())
        try:
            with part.in_time():
                selection = self._selected(asked)
                plan = plan.model_copy(update={"keywords": list(map(str, selection.keywords)) or [ALL_ASSETS]})
                return self._make(plan, selection, left, part, is_first=not token)
        except SyncError:
            raise
        except Exception as error:
            logger.exception("A plan cannot be made")
            raise UnforeseenError(f"The plan: {type(error).__name__}: look into the log.") from error

    def _make(self, plan: Plan, selection: Selection, left: Left, part: Part, *, is_first: bool) -> Plan:
        draft = Draft(part, left, selection, self.new_rows(), is_configured=plan.asked == CONFIGURED)
        following: Left | None
        try:
            following = self._go_on(draft, left)
        except OutOfTimeError:  # what was learned on the way is known to the next part
            following = draft.left if draft.left != left else left.again()
            if following is None:
                raise
        return self._told(plan, draft, following, is_first=is_first)

    def _go_on(self, draft: Draft, left: Left) -> Left | None:
        """Plan on from a place; return where the next part goes on, None at the end."""
        was_read = left.is_read
        if not draft.selection.is_all:
            self._resolve(draft)
        if not left.is_read:
            with draft.measured("cluedin"):
                seen, note = self.groups.read(draft.part.has_time)
            draft.groups = Groups.of(seen)
            draft.notes += [note] if note else []
            left = self._plan_all(draft, left) if draft.selection.is_all else self._plan_terms(draft, left)
        return self._plan_absent(draft, left) if left.is_read and (was_read or draft.has_room()) else left

    def _selected(self, asked: str) -> Selection:
        try:
            return self.selection.look_anyhow() if asked == CONFIGURED else self.selection.parse(asked, PLAN)
        except ConfigError as error:
            if asked == CONFIGURED:
                raise
            raise RejectedError(str(error), code=PLAN) from error

    def _resolve(self, draft: Draft) -> None:
        """Look the keywords up: the last run's answer counts for the configured ones."""
        known = self.terms.known(draft.selection) if draft.is_configured else None
        terms: ResolvedTerms = known or self.terms.resolve_anew(draft.selection, unremembered(self.new_log()))
        draft.keys, draft.unknown = terms.guids, terms.unknown
        draft.paused = frozenset(terms.kept) | (frozenset(self.paused()) & set(terms.guids))
        draft.names = [terms.findings.name_of(key) for key in terms.guids]
        draft.notes += [*terms.unknown, *terms.findings.notes(terms.keywords, self.clock())]
        draft.notes += [
            f"The {terms.findings.name_of(key)} is paused: what it showed last stays." for key in draft.paused
        ]

    # What is selected

    def _plan_terms(self, draft: Draft, left: Left) -> Left:
        """Plan row after row, list after list, some rows in any case."""
        keys = draft.keys
        seen = draft.rows.before(keys, left.term, left.offset, draft.part.has_time)
        if seen is None:
            draft.notes.append(
                "There are too many assets to compare all their names: some may clash that show as free."
            )
        known = set(guids_of(seen or ()))
        draft.used |= {row.name.casefold() for row in seen or () if row.name}
        while left.term < len(keys):
            key = keys[left.term]
            if key in draft.paused:
                left = Left(term=left.term + 1)
                continue
            with draft.measured("purview"):
                rows, following = draft.rows.step(key, left.offset)
                fresh = list({row.guid: row for row in rows if row.guid and row.guid not in known}.values())
                described = self.describe.describe(fresh)
            known.update(guids_of(rows))
            self._plan_assets(described, draft, is_governed=is_of_catalog(key))
            left = Left(term=left.term + 1) if following is None else Left(term=left.term, offset=following)
            draft.left = left
            if not draft.has_room():
                break
        return left if left.term < len(keys) else Left(is_read=True)

    def _plan_all(self, draft: Draft, left: Left) -> Left:
        """Plan window after window of the search, one in any case."""
        found: list[Asset] = []
        log = self.new_log()
        tick = Tick(everything_but_own(self.own_collection()), log, unremembered(log), lambda: None)
        search = SearchWindows(self.purview, self.clock, tick, found.extend, largest=PAGE_SIZE)
        windows = list(left.windows)
        while windows:
            with draft.measured("purview"):
                windows, _, _ = search.step(windows, "createTime", self.clock() + timedelta(seconds=1))
            self._plan_assets(self.describe.only_assets(found), draft, is_governed=False)
            found.clear()
            draft.left = Left(windows=windows) if windows else Left(is_read=True)
            if not draft.has_room():
                break
        draft.notes += log.notes
        return draft.left

    def _plan_assets(self, described: Described, draft: Draft, *, is_governed: bool) -> None:
        assets = described.assets
        draft.take(described)
        stored = self.assets.load_many(list({record_key(one) for one in assets})) if assets else {}
        records = {key: one.record for key, one in stored.items()}
        seen, names = draft.groups, contested(assets, records.values(), draft.groups)
        owners = {name: self.names.owner_of_name(name) for name in names}
        known = self.groups.known(sources_seen(assets, seen))
        planned = plan_selected(assets, records, seen, owners=owners, known=known, used=draft.used, now=self.clock())
        draft.counts.update(one.act.value for one in planned)
        draft.planned += [one for one in planned if one.act is not Act.KEEP]
        draft.governed += len(assets) if is_governed else 0
        if not is_governed and assets:
            self._count_ungoverned(assets, draft)

    def _count_ungoverned(self, assets: Sequence[Asset], draft: Draft) -> None:
        """Who is not in the Unified Catalog yet starts to cost once a term there is given to it."""
        if draft.ungoverned is None:
            return
        try:
            known = {one.guid for one in draft.rows.catalog.fetch_assets_of([one.guid for one in assets])}
            draft.ungoverned += sum(1 for one in assets if one.guid.lower() not in known)
        except SyncError:  # no role there, or no such catalog: then nobody is counted
            draft.ungoverned = None

    # What is not selected any more

    def _plan_absent(self, draft: Draft, left: Left) -> Left | None:
        """Return where to go on; None once each record was compared."""
        if draft.unknown:
            draft.notes.append("A keyword names nothing: nobody counts as missing meanwhile.")
            return None
        selected = self._all_selected(draft)
        part, found = left.part, list[Entry]()
        for number, entries in self.assets.index.by_part(range(left.part, PARTS)):
            found += [one.entry for one in entries if self._is_lost(one.entry, selected, draft)]
            part = number + 1
            if not draft.has_room(len(found)):
                break
        self._add_absent(found, draft)
        return Left(is_read=True, part=part) if part < PARTS else None

    def _all_selected(self, draft: Draft) -> set[str] | None:
        """Return the guids of all that is selected; None where that is not known: then the last looks count."""
        keys = [key for key in draft.keys if key not in draft.paused]
        if draft.selection.is_all:
            return None
        rows: list[Row] | None = draft.rows.before(keys, len(keys), 0, draft.part.has_time)
        if rows is None:
            draft.notes.append(
                "There are too many assets to compare all: only who was missing already would be retired."
            )
        return None if rows is None else set(guids_of(rows))

    def _is_lost(self, entry: Entry, selected: set[str] | None, draft: Draft) -> bool:
        if entry.standing is not Standing.COUNTS or not draft.paused.isdisjoint(entry.terms):
            return False
        return entry.is_absent if selected is None else entry.guid not in selected

    def _add_absent(self, found: Sequence[Entry], draft: Draft) -> None:
        stored = self.assets.load_many([one.key for one in found]) if found else {}
        lost = [one.record for one in stored.values() if one.record.status is not AssetStatus.RETIRED]
        draft.planned += [plan_absent(record, LOST) for record in lost]
        draft.counts[Act.RETIRE] += len(lost)
        draft.looks += sum(map(looks_until_retired, lost))

    def _told(self, plan: Plan, draft: Draft, left: Left | None, *, is_first: bool) -> Plan:
        counts = {name: count for name, count in draft.counts.items() if count}
        requests = requests_of(counts, draft.looks)
        kept, lost = counts.get(Act.KEEP, 0), counts.get(Act.RETIRE, 0)
        if lost and not is_free(lost, kept + lost, 0):
            draft.notes.append("So many at once are retired only once a person approves it.")
        if is_first and draft.is_configured and self.selection.look() is None:
            draft.notes.append(f"The sync is switched off in {self.selection.switch}: nothing of this would happen.")
        return plan.model_copy(
            update={
                "terms": draft.names,
                "counts": counts,
                "left_out": [LeftOut(type=name, why=why, assets=n) for (name, why), n in draft.left_out.items()],
                "assets": draft.planned,
                "requests": requests,
                "seconds": seconds_of(requests, draft.pace_s),
                "governed": draft.governed,
                "would_be_governed": draft.ungoverned,
                "notes": list(dict.fromkeys(draft.notes)),
                "unknown": list(draft.unknown),
                "next": format_token(left) if left else None,
            }
        )
