"""What stewards, scans and engineers do, one deed after the other, whatever the state of things."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.faults.world import World

NAMES = ("same", "another name", "Größe “X” 📦")
ENTITY_TYPES = ("/Account", "/Infrastructure/User")
MAPPINGS = (
    {"id": "account.id", "name": "account.name", "noise": "--ignore--"},
    {"id": "account.id", "city": "account.city"},
    {"id": "user.id", "id2": "user.id"},
)


@dataclass
class People:
    """People at work in a world. A deed names its thing by any number; where there is no such thing yet, it is left."""

    world: World
    assets: list[str] = field(default_factory=list)
    tagged: set[str] = field(default_factory=set)
    data_sets: list[str] = field(default_factory=list)
    most_assets: int = 1000
    most_data_sets: int = 1000

    def scan(self, name: int, *, tagged: bool) -> None:
        """A scan finds a new asset."""
        if len(self.assets) >= self.most_assets:
            return
        asset = self.world.add_asset(_one_of(NAMES, name), tagged=tagged)
        self.assets.append(asset)
        if tagged:
            self.tagged.add(asset)

    def tag(self, number: int) -> None:
        """An asset gets the term."""
        if asset := _pick([each for each in self.assets if each not in self.tagged], number):
            self.world.tag(asset)
            self.tagged.add(asset)

    def untag(self, number: int) -> None:
        """An asset loses the term."""
        if asset := _pick([each for each in self.assets if each in self.tagged], number):
            self.world.account.untag(asset)
            self.tagged.remove(asset)

    def rename(self, number: int, name: int) -> None:
        """An asset gets another name; its qualified name stays."""
        if asset := _pick(self.assets, number):
            self.world.rename(asset, _one_of(NAMES, name))

    def recreate(self, number: int, *, keep_terms: bool) -> None:
        """An asset is deleted and scanned again: the same qualified name, another guid."""
        if asset := _pick(self.assets, number):
            self.world.account.act("/recreate", asset=asset, keep_terms=keep_terms)
            if not keep_terms:
                self.tagged.discard(asset)

    def delete_group(self, number: int) -> None:
        """An administrator of CluedIn deletes a group in which nothing was loaded."""
        state = self.world.organization.state()
        loaded = {str(data_set["data_source_id"]) for data_set in state["data_sets"]}
        full = {one["data_source_set_id"] for one in state["data_sources"] if str(one["id"]) in loaded}
        if group := _pick([one["id"] for one in state["data_source_sets"] if one["id"] not in full], number):
            self.world.organization.act("/groups/delete", id=group)

    def set_cluedin_up_anew(self) -> None:
        """CluedIn is set up anew and counts its ids again, unless somebody's data are in it."""
        if not self.data_sets:
            self.world.organization.act("/set-up-anew")

    def load(self, number: int, mapping: int) -> None:
        """A data set is loaded into a source, mapped and processed."""
        sources = [source["name"] for source in self.world.organization.state()["data_sources"]]
        if len(self.data_sets) < self.most_data_sets and (source := _pick(sources, number)):
            made = self.world.load(source, _one_of(ENTITY_TYPES, mapping), **_one_of(MAPPINGS, mapping))
            self.data_sets.append(made)

    def remap(self, number: int, mapping: int) -> None:
        """A data set is mapped in another way, and processed again."""
        if data_set := _pick(self.data_sets, number):
            columns = self._look_up(data_set)["original_fields"]
            wanted = {name: key for name, key in _one_of(MAPPINGS, mapping).items() if name in columns}
            self.world.organization.remap(data_set, wanted, _one_of(ENTITY_TYPES, mapping))
            self.world.organization.process(data_set)

    def process(self, number: int) -> None:
        """A data set is processed again as it is, if it is mapped: CluedIn refuses it else."""
        data_set = _pick(self.data_sets, number)
        if data_set and self._look_up(data_set)["annotation_id"] is not None:
            self.world.organization.process(data_set)

    def unmap(self, number: int) -> None:
        """A data set loses its mapping. That is no processing, so nobody would see it if CluedIn did not tell."""
        if data_set := _pick(self.data_sets, number):
            self.world.organization.unmap(data_set)
            self.world.announce(data_set)

    def announce(self, number: int, event: int, send: Callable[[bytes], int] | None = None) -> None:
        """CluedIn tells of a data set, for the first time or again."""
        if data_set := _pick(self.data_sets, number):
            self.world.announce(data_set, f"msg_{data_set}_{event}", send)

    def do_anything(self, chance: random.Random) -> None:
        """Do one deed, as chance will have it."""
        number, other, yes = chance.randrange(100), chance.randrange(100), chance.random() < 0.8
        deeds: list[Callable[[], None]] = [
            lambda: self.scan(other, tagged=yes),
            lambda: self.scan(other, tagged=yes),
            lambda: self.tag(number),
            lambda: self.untag(number),
            lambda: self.rename(number, other),
            lambda: self.recreate(number, keep_terms=yes),
            lambda: self.load(number, other),
            lambda: self.load(number, other),
            lambda: self.remap(number, other),
            lambda: self.unmap(number),
            lambda: self.announce(number, other % 3),
            lambda: self.announce(number, other % 3),
        ]
        chance.choice(deeds)()

    def _look_up(self, data_set: str) -> dict[str, Any]:
        """Return what CluedIn has of a data set."""
        found: dict[str, Any]
        (found,) = [each for each in self.world.organization.state()["data_sets"] if each["id"] == data_set]
        return found


Thing = TypeVar("Thing")


def _pick(things: Sequence[Thing], number: int) -> Thing | None:
    """Return the thing that a number stands for, if there is any."""
    return _one_of(things, number) if things else None


def _one_of(things: Sequence[Thing], number: int) -> Thing:
    return things[number % len(things)]
