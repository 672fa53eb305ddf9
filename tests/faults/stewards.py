"""What stewards do in both stores of terms, one deed after the other, and what the app must not do meanwhile."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from local.stack import TERM
from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.assets.record import AssetStatus
from tests.faults.people import NAMES
from tests.faults.world import World

TAG = TERM.partition("@")[0]
PRODUCT, DEEP = "Products for CluedIn", "Deep"
HOME, AWAY = "Finance", "Sales"
KEYWORDS = f"{TAG}; product:{PRODUCT}; {DEEP}@{HOME}"
PHASES = ("running", "staged", "moved", "published")
WAYS = (PHASES, ("sample", *PHASES), ("direct",), ("sample", "running", "published"))
"""Ways to enable asset curation, each phase by phase. The last one leaves no time between the copies and their use."""
STATUSES = ("Published", "Draft", "Expired")
READER = "global-catalog-reader"
LONGEST_PAUSE_S = 2 * 3600 + 60
MOST_LOST = 1000


@dataclass
class Stewards:
    """Stewards at work in a world, in a tenant that may migrate. A deed names its thing by any number."""

    world: World
    assets: list[str] = field(default_factory=list)
    phases: list[str] = field(default_factory=lambda: list(PHASES))
    """Those that the migration has yet to come to."""
    phase: str = ""
    names: dict[str, str] = field(default_factory=dict)
    """What is or was renamed was called, by id."""
    most_assets: int = 1000

    def __post_init__(self) -> None:
        account = self.world.account
        account.call("PATCH", "/switches", {"unified_link_before_curation": "works"})
        for domain in (HOME, AWAY):
            account.act("/domains", name=domain)
        account.act("/catalog/roles", roles=[READER])
        self.add(product=PRODUCT)
        self.add(term=DEEP)

    def add(self, domain: str = HOME, **named: str) -> str:
        """A term or data product is made and published; returns its id."""
        made = str(self.world.account.act("/concepts", domain=domain, **named)["id"])
        self.world.concepts.add(made)
        return made

    @property
    def is_frozen(self) -> bool:
        """Whether classic terms are read-only."""
        return self.phase not in {"", "sample"}

    def scan(self, number: int, *, tagged: bool = True) -> None:
        """A scan finds an asset; it gets the classic term, or is linked."""
        if len(self.assets) >= self.most_assets:
            return
        self.assets.append(self.world.add_asset(NAMES[number % len(NAMES)], tagged=False))
        if tagged and not self.is_frozen:
            self.world.tag(self.assets[-1])
        elif tagged:
            self.link(number, -1)

    def scan_many(self, count: int) -> None:
        """A scan finds a whole lake, and all of it gets the classic term, or is linked with its copy."""
        for number in range(count):
            self.scan(number)

    def link(self, concept: int, asset: int) -> None:
        """A term or data product is put on an asset."""
        if (found := self._concept(concept)) and self.assets:
            chosen = self.assets[asset % len(self.assets)]
            self.world.account.act("/links", **found, assets=[chosen])
            self.world.ever_tagged.add(chosen)

    def unlink(self, concept: int, asset: int) -> None:
        """It is taken away again."""
        if (found := self._concept(concept)) and self.assets:
            chosen = self.assets[asset % len(self.assets)]
            self.world.account.act("/links/delete", **found, assets=[chosen])
            self._doubt_frozen([chosen])

    def tag(self, asset: int) -> None:
        """An asset gets the classic term."""
        if self.assets and not self.is_frozen:
            self.world.tag(self.assets[asset % len(self.assets)])

    def untag(self, asset: int) -> None:
        """An asset loses the classic term."""
        chosen = self.assets[asset % len(self.assets)] if self.assets else ""
        if chosen and not self.is_frozen and TERM in self._entities()[chosen]["terms"]:
            self.world.account.untag(chosen)

    def set_status(self, concept: int, status: int) -> None:
        """It is unpublished, expired or published."""
        if found := self._concept(concept):
            self.world.account.act("/status", **found, status=STATUSES[status % len(STATUSES)])

    def move(self, concept: int, *, away: bool) -> None:
        """It moves to another domain."""
        if found := self._concept(concept):
            self.world.account.act("/concepts/move", **found, to=AWAY if away else HOME)

    def rename(self, concept: int, *, away: bool) -> None:
        """It gets another name, or its own again."""
        if found := self._concept(concept):
            (one,) = found.values()
            name = self.names.setdefault(one, self._name_of(one))
            self.world.account.act("/concepts/rename", **found, name=f"{name} 2" if away else name)

    def set_domain(self, *, shown: bool) -> None:
        """The domain that the keywords name is unpublished, or published again."""
        self.world.account.act("/status", domain=HOME, status="Published" if shown else "Draft")

    def set_role(self, *, given: bool) -> None:
        """The app loses its role in the catalog, or gets it back."""
        self.world.account.act("/catalog/roles", roles=[READER] if given else [])

    def delete(self, concept: int) -> None:
        """It is deleted: nobody can tell that from a draft."""
        if found := self._concept(concept):
            (gone,) = found.values()
            self.world.doubtful |= {name for name, one in self._entities().items() if gone in one["concepts"]}
            self.world.account.act("/concepts/delete", **found)
            self.world.concepts.discard(gone)

    def migrate(self) -> None:
        """The tenant enables asset curation, or goes on with it."""
        if not self.phases:
            return
        was_sample, self.phase = self.phase == "sample", self.phases.pop(0)
        self.world.account.act("/curation", phase=self.phase, domain=HOME)
        if self.phase == "direct":  # nothing is copied: a steward makes the term, and links it
            self.add(term=TAG)
        if self.phase != "sample":  # those copies are for trying: nobody sees them, and classic terms live on
            self.world.concepts |= {one["id"] for one in self._state()["terms"] if one["name"] == TAG}
        if was_sample:  # what lost its classic term meanwhile is linked with the copy still, which nobody sees yet
            entities = self._entities().items()
            self.world.doubtful |= {name for name, one in entities if one["concepts"] and TERM not in one["terms"]}

    def mend(self) -> None:
        """The migration is brought to its end, and what exists is published where its keyword looks for it."""
        while self.is_frozen and self.phases:
            self.migrate()
        self.set_role(given=True)
        self.set_domain(shown=True)
        for number in range(len(self._concepts())):
            self.rename(number, away=False)
            self.move(number, away=False)
            self.set_status(number, 0)
        frozen = {name for name, one in self._entities().items() if self.is_frozen and not one["concepts"]}
        self._doubt_frozen(frozen)

    def settle(self) -> None:
        """All is mended, and a person approves what may be lost."""
        self.mend()
        for _ in range(3):
            now = self.world.clock.now()
            word = Approval(assets=MOST_LOST, by="Ada", given_at=now, expires_at=now + timedelta(days=9))
            self.world.app.approvals.save(APPROVAL, word)
            self.world.clock.advance(LONGEST_PAUSE_S)
            self.world.heal()

    def watch(self, turn: Callable[[], Any]) -> None:
        """Let the app take its turn: nobody who is selected, by whatever a steward sees, may be retired in it."""
        before = self._retired()
        held = {name for name, one in self._entities().items() if self.world.selects(one)}
        turn()
        lost = (self._retired() - before) & (held - self.world.doubtful)
        assert not lost, f"retired though selected: {sorted(lost)}; {self._state()}"

    def do_anything(self, chance: random.Random) -> None:
        """Do one deed, as chance will have it."""
        number, other, yes = chance.randrange(100), chance.randrange(100), chance.random() < 0.8
        deeds: list[Callable[[], None]] = [
            lambda: self.scan(other, tagged=yes),
            lambda: self.scan(other, tagged=yes),
            lambda: self.link(number, other),
            lambda: self.link(number, other),
            lambda: self.unlink(number, other),
            lambda: self.tag(other),
            lambda: self.untag(other),
            lambda: self.set_status(number, other),
            lambda: self.set_status(number, 0),
            lambda: self.move(number, away=not yes),
            lambda: self.rename(number, away=not yes),
            lambda: self.set_domain(shown=yes),
            lambda: self.set_role(given=yes),
            lambda: self.delete(number) if other < 10 else None,
            self.migrate,
        ]
        chance.choice(deeds)()

    def _doubt_frozen(self, names: Any) -> None:
        """Whether a frozen classic list or the copy decides on an asset that only one of them has is not said here."""
        entities = self._entities()
        self.world.doubtful |= {name for name in names if self.is_frozen and TERM in entities[name]["terms"]}

    def _concept(self, number: int) -> dict[str, str] | None:
        found = self._concepts()
        return found[number % len(found)] if found else None

    def _concepts(self) -> list[dict[str, str]]:
        """What selects, as the acts name it; a staged copy cannot be touched by anybody."""
        state = self._state()
        kinds = [("term", one) for one in state["terms"]] + [("product", one) for one in state["products"]]
        return [
            {kind: one["id"]}
            for kind, one in kinds
            if one["id"] in self.world.concepts and not one["domain"].startswith(".")
        ]

    def _name_of(self, concept_id: str) -> str:
        state = self._state()
        return next(str(one["name"]) for one in [*state["terms"], *state["products"]] if one["id"] == concept_id)

    def _state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.world.account.state()["unified"]
        return found

    def _entities(self) -> dict[str, dict[str, Any]]:
        known = set(self.assets)
        return {
            one["qualifiedName"]: one for one in self.world.account.state()["entities"] if one["qualifiedName"] in known
        }

    def _retired(self) -> set[str]:
        return {one.qualified_name for one in self.world.app.assets.all() if one.status is AssetStatus.RETIRED}
