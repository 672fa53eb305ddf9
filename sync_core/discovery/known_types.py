"""Knows which types are data assets; asks Purview once for each type and remembers what it saw.

What was not seen is no knowledge. A super type that Purview does not tell, an answer that is none, or a definition
without super types may be one odd answer: it is asked again at once, then with a growing pause, and while it lasts the
assets of that type wait. That a type is no data asset is believed for two hours only, and longer only while Purview
does not tell: what it told once says more than the type's name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel

from sync_core.discovery.definitions_ahead import DefinitionsAhead
from sync_core.errors import AddressError, RejectedError, SyncError, ThrottledError, TransientError
from sync_core.purview.asset_types import DATA_SET, NOT_A_DATA_SET, PROCESS, telling, why_no_data_asset
from sync_core.runs.defer import Deferrals, is_own_failure, may_be_own
from sync_core.runs.deferred import Deferred, Kind
from sync_core.storage.notes import Notes, note_name

# The roots of Purview's type system: nothing that matters here stands above them.
ROOTS = frozenset({DATA_SET, PROCESS, "Asset", "Referenceable", "Infrastructure"})
BELIEVED_FOR = timedelta(hours=2)
LOOKS_BEFORE_NAME_DECIDES = 6
LOOKS_BEFORE_OWN = 3  # so many runs in a row that a 429 about a type ended: then it is no request to all of us
MOST_ANCESTORS = 200  # Purview's own types have ten at most


class KnownType(BaseModel):
    """What was learned of a type: those of its super types that decide, and when.

    `is_defined` is false where Purview says that it knows no such type: then its name decides.
    """

    ancestors: list[str]
    learned_at: datetime
    is_defined: bool = True

    def why_left_out(self, type_name: str) -> str:
        """Return why entities of the type are left out, or an empty text for a data asset."""
        return why_no_data_asset(type_name, self.ancestors, is_complete=self.is_defined)

    def is_lasting(self, type_name: str) -> bool:
        """Whether what was seen stays true: types never lose a super type, but one answer may lack some."""
        return self.is_defined and self.why_left_out(type_name) != NOT_A_DATA_SET


@dataclass(frozen=True)
class AssetTypes:
    """Tells data assets from columns, processes and the like."""

    definitions: DefinitionsAhead
    notes: Notes
    clock: Callable[[], datetime]
    _stored: list[Mapping[str, KnownType]] = field(default_factory=list)
    _seen: dict[str, KnownType] = field(default_factory=dict)
    _defined: dict[str, KnownType] = field(default_factory=dict)
    _to_store: list[dict[str, KnownType]] = field(default_factory=list)

    @contextmanager
    def learning(self, names: Iterable[str], deferrals: Deferrals) -> Iterator[None]:
        """Learn types in the block: those of these names that nobody knows are asked for some at once.

        What is learned is stored by one transaction at its end, however it ends.
        """
        new = [name for name in dict.fromkeys(names) if not (self._recall(name) or deferrals.find(Kind.TYPE, name))]
        self._to_store.append({})
        try:
            with self.definitions.wanting(new):
                yield
        finally:
            self.notes.save_all(self._to_store.pop())

    def why_left_out(
        self, type_name: str, deferrals: Deferrals, has_time: Callable[[], bool] = lambda: True
    ) -> str | None:
        """Return why entities of a type are left out, an empty text for a data asset, None while nobody can tell.

        Purview is asked only while there is time.
        """
        known = self._recall(type_name)
        if known is None and (deferrals.waits(Kind.TYPE, type_name) or not has_time()):
            return self._in_doubt(type_name, deferrals.find(Kind.TYPE, type_name))
        if known is None:
            try:
                with deferrals.asking(Kind.TYPE, type_name):
                    known = self._learn(type_name)
            except SyncError as error:
                if not may_be_own(error):
                    raise
                deferred = deferrals.failed(Kind.TYPE, type_name, error)
                if isinstance(error, ThrottledError) and deferred.looks < LOOKS_BEFORE_OWN:
                    raise
                return self._in_doubt(type_name, deferred)
            deferrals.succeeded(Kind.TYPE, [type_name])
            known = self._keep(type_name, known)
        return known.why_left_out(type_name)

    def is_told_otherwise(self, deferrals: Deferrals, has_time: Callable[[], bool]) -> bool:
        """Ask again about types that are not believed any more to be none of data assets; whether one is of these.

        Who reads only what changed sees no entity of such a type until a sweep.
        """
        old = [name for name, known in self._seen.items() if known.is_defined and not self._is_believed(name, known)]
        answers = [self.why_left_out(name, deferrals, has_time) for name in old]
        return "" in answers

    def seems_asset(self, type_name: str) -> bool:
        """Whether a type is one of data assets as far as is known by now: nobody is asked, else its name decides."""
        known = self._remembered(type_name)
        why = known.why_left_out(type_name) if known else why_no_data_asset(type_name, (), is_complete=False)
        return not why

    def _remembered(self, type_name: str) -> KnownType | None:
        """Return what this process saw, or what was stored as it first asked: what others learned since, it learns."""
        if type_name in self._seen:
            return self._seen[type_name]
        if not self._stored:
            self._stored.append(dict(self.notes.all(KnownType)))
        return self._stored[0].get(note_name(type_name))

    def _recall(self, type_name: str) -> KnownType | None:
        known = self._remembered(type_name)
        if known is not None and known.is_defined:
            self._defined[type_name] = known
        if known is None or not self._is_believed(type_name, known):
            return None
        self._seen[type_name] = known
        return known

    def _is_believed(self, type_name: str, known: KnownType) -> bool:
        return known.is_lasting(type_name) or self.clock() - known.learned_at < BELIEVED_FOR

    def _keep(self, type_name: str, known: KnownType) -> KnownType:
        if known.is_defined and self._to_store:
            self._to_store[-1][note_name(type_name)] = known
        elif known.is_defined:
            self.notes.save(note_name(type_name), known)
        elif defined := self._defined.get(type_name):
            known = defined.model_copy(update={"learned_at": known.learned_at})
        self._seen[type_name] = known
        return known

    def _learn(self, type_name: str) -> KnownType:
        """Read a type up to its roots; what one answer lacks is asked for once more before it is believed."""
        try:
            known = self._read(type_name)
        except SyncError as error:
            if not is_own_failure(error):
                raise
            return self._read_again(type_name)
        return known if known.is_lasting(type_name) or not known.is_defined else self._read(type_name)

    def _read_again(self, type_name: str) -> KnownType:
        try:
            return self._read(type_name)
        except (RejectedError, AddressError):  # there are types whose names no address can hold
            return KnownType(ancestors=[], learned_at=self.clock(), is_defined=False)

    def _read(self, type_name: str) -> KnownType:
        """Return what Purview tells of a type.

        Raises:
            RejectedError, AddressError: it refuses to tell of the type itself.
            SyncError: it does not tell of the type, or of one of its super types.
        """
        definition = self.definitions.fetch(type_name)
        if definition is None:
            return KnownType(ancestors=[], learned_at=self.clock(), is_defined=False)
        ancestors = set(definition.super_types)
        to_read = ancestors - ROOTS
        while to_read:
            super_types = self._super_types(type_name, to_read.pop())
            to_read |= super_types - ancestors - ROOTS
            ancestors |= super_types
            if len(ancestors) > MOST_ANCESTORS:
                raise TransientError(f"The type {type_name} has more than {MOST_ANCESTORS} super types.")
        return KnownType(ancestors=telling(ancestors), learned_at=self.clock())

    def _super_types(self, type_name: str, name: str) -> set[str]:
        """Return the super types of a super type: there is one, so that an answer without it is odd."""
        try:
            definition = self.definitions.fetch(name)
        except (RejectedError, AddressError) as error:
            raise TransientError(f"Purview does not tell {name}, a super type of {type_name}: {error}") from error
        if definition is None:
            raise TransientError(f"Purview does not know {name}, a super type of {type_name}.")
        return set(definition.super_types)

    def _in_doubt(self, type_name: str, deferred: Deferred | None) -> str | None:
        """What was told last counts. Of a new type assets wait for about an hour; then its name decides.

        Nothing may be lost.
        """
        if defined := self._defined.get(type_name):
            return defined.why_left_out(type_name)
        if deferred is None or deferred.looks < LOOKS_BEFORE_NAME_DECIDES:
            return None
        return why_no_data_asset(type_name, (), is_complete=False)
