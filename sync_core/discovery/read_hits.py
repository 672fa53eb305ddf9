"""Reads which data assets the search shows: the store is asked where a hit does not tell what it is and is called."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sync_core.discovery.known_types import AssetTypes
from sync_core.discovery.read_assets import ReadAssets
from sync_core.discovery.save_assets import PART_TIME
from sync_core.discovery.search_windows import Tick
from sync_core.purview.asset import Asset
from sync_core.runs.counts import Count

TYPE_TIME = timedelta(minutes=3)


@dataclass(frozen=True)
class ReadHits:
    """Reads hits in one run."""

    types: AssetTypes
    details: ReadAssets
    clock: Callable[[], datetime]
    tick: Tick

    def data_assets(self, hits: Sequence[Asset]) -> list[Asset]:
        """Return the data assets of a page of hits."""
        return self.only_data_assets(self._described(hits))

    def only_data_assets(self, assets: Iterable[Asset]) -> list[Asset]:
        """Leave out what is no data asset, and count it. Each type is asked about once."""
        found, why_left_out = list(assets), dict[str, str | None]()
        with self.types.learning((asset.type_name for asset in found), self.tick.deferrals):
            return [asset for asset in found if self._is_data_asset(asset.type_name, why_left_out)]

    def _described(self, hits: Sequence[Asset]) -> Iterator[Asset]:
        """Yield the assets of a page; the store is asked where a hit does not tell what an asset is and is called."""
        doubtful = {hit.guid: hit for hit in hits if not _is_described(hit)}
        yield from (hit for hit in hits if hit.guid not in doubtful)
        if doubtful:
            found = self.details_of(list(doubtful))
            yield from (replace(asset, display_text=doubtful[asset.guid].display_text) for asset in found)

    def details_of(self, guids: Sequence[str]) -> Iterator[Asset]:
        """Yield what the store knows of these, as far as there is time; those that it does not tell are deferred."""
        ends_at = self.tick.log.ends_within(self.clock(), PART_TIME)

        def has_time() -> bool:
            self.tick.keep_alive()
            return self.clock() < ends_at

        reading = self.details.begin(self.tick.deferrals, (), has_time)
        for number, group in enumerate(reading.groups(guids)):
            if number and not reading.has_time():
                self.tick.log.notes.append("There are more details to read than one run can.")
                return
            for part in reading.read(group):
                yield from part.assets
                self.tick.log.counts[Count.UNKNOWN] += len(part.guids) - len(part.assets) if part.is_read else 0

    def has_time(self) -> bool:
        """Whether there is time to ask for one more type in this run; each is some calls."""
        self.tick.keep_alive()
        return self.clock() < self.tick.log.started_at + TYPE_TIME

    def _is_data_asset(self, type_name: str, why_left_out: dict[str, str | None]) -> bool:
        if type_name not in why_left_out:
            why_left_out[type_name] = self.types.why_left_out(type_name, self.tick.deferrals, self.has_time)
        why = why_left_out[type_name]
        if why:
            self.tick.log.counts[f"{Count.LEFT_OUT}: {type_name}, {why}"] += 1
        elif why is None:
            self.tick.log.counts[Count.AWAITING_TYPE] += 1
        return why == ""


def _is_described(hit: Asset) -> bool:
    """Whether a hit tells all that makes a record; a key made without the type would be that of another asset."""
    return bool(hit.type_name and hit.name and hit.qualified_name)
