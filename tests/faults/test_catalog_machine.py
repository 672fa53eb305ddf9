"""Any order of what stewards do in both stores of terms, of faults and of turns of the app, found by hypothesis."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.conftest import empty
from tests.faults.stewards import KEYWORDS, WAYS, Stewards
from tests.faults.test_machine import SETTINGS, numbers
from tests.faults.test_random_faults import FAILURES
from tests.faults.variants import IS_LONG
from tests.faults.world import World
from tests.kit.services import Services

SWITCHES = {
    "unified_hidden": st.sampled_from(["not_found", "forbidden", "readable", "links_empty"]),
    "classic_list_after": st.sampled_from(["frozen", "empty", "not_found"]),
    "classic_terms_after": st.sampled_from(["listed", "gone"]),
    "migrated_links_over_limit": st.sampled_from(["kept", "cut"]),
}
MORE_THAN_A_TERM_HAS = 104  # links: a migration may cut what is over a hundred

pytestmark = pytest.mark.timeout(7200 if IS_LONG else 900)


class Estate(RuleBasedStateMachine):
    """Stewards, a migration, the app and bad luck take turns. Nobody who is selected may be retired in any of them."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.stewards = world, Stewards(world)

    @initialize(
        seed=numbers,
        switches=st.fixed_dictionaries(SWITCHES),
        phases=st.sampled_from(WAYS),
        count=st.sampled_from([0, 0, MORE_THAN_A_TERM_HAS]),
    )
    def start(self, seed: int, switches: dict[str, str], phases: tuple[str, ...], count: int) -> None:
        """Some work is there from the start; what a migration leaves is unconfirmed."""
        self.world.crew.chance = random.Random(seed)  # noqa: S311 - repeatable
        self.stewards.phases = list(phases)
        self.world.account.call("PATCH", "/switches", switches)
        self.stewards.scan_many(count)
        for number in range(3):
            self.stewards.scan(number)
            self.stewards.link(number, number)
        self.world.run()

    @rule(name=numbers, tagged=st.booleans())
    def scan(self, name: int, tagged: bool) -> None:  # noqa: FBT001 - hypothesis gives them
        self.stewards.scan(name, tagged=tagged)

    @rule(concept=numbers, asset=numbers)
    def link(self, concept: int, asset: int) -> None:
        self.stewards.link(concept, asset)

    @rule(concept=numbers, asset=numbers)
    def unlink(self, concept: int, asset: int) -> None:
        self.stewards.unlink(concept, asset)

    @rule(asset=numbers)
    def tag(self, asset: int) -> None:
        self.stewards.tag(asset)

    @rule(asset=numbers)
    def untag(self, asset: int) -> None:
        self.stewards.untag(asset)

    @rule(concept=numbers, status=numbers)
    def set_status(self, concept: int, status: int) -> None:
        """Publish, unpublish or expire."""
        self.stewards.set_status(concept, status)

    @rule(concept=numbers, away=st.booleans())
    def move(self, concept: int, away: bool) -> None:  # noqa: FBT001 - as above
        self.stewards.move(concept, away=away)

    @rule(concept=numbers, away=st.booleans())
    def rename(self, concept: int, away: bool) -> None:  # noqa: FBT001 - as above
        self.stewards.rename(concept, away=away)

    @rule(shown=st.booleans())
    def set_domain(self, shown: bool) -> None:  # noqa: FBT001 - as above
        """A domain is unpublished: what of it is still shown is unconfirmed."""
        self.stewards.set_domain(shown=shown)

    @rule(given=st.booleans())
    def set_role(self, given: bool) -> None:  # noqa: FBT001 - as above
        self.stewards.set_role(given=given)

    @rule(concept=numbers)
    def delete(self, concept: int) -> None:
        self.stewards.delete(concept)

    @rule()
    def migrate(self) -> None:
        """The tenant goes on with its migration."""
        self.stewards.migrate()

    @rule(failure=st.sampled_from(FAILURES), skip=st.integers(0, 8), times=st.integers(1, 5))
    def fail(self, failure: dict[str, Any], skip: int, times: int) -> None:
        """Some calls to Purview or its catalog will fail."""
        self.world.account.fault(skip=skip, times=times, **failure)

    @rule()
    def tick(self) -> None:
        self.stewards.watch(self.world.run)

    @rule()
    def tick_after_a_while(self) -> None:
        """Late enough that names are looked up again, and all is compared."""
        self.world.clock.advance(660)
        self.stewards.watch(self.world.run)

    @rule()
    def reconcile(self) -> None:
        self.stewards.watch(self.world.reconcile)

    @rule(minutes=st.sampled_from([1, 70, 24 * 60]))
    def wait(self, minutes: float) -> None:
        """Time passes."""
        self.world.clock.advance(minutes * 60)

    @rule()
    def start_anew(self) -> None:
        """The platform replaces the instance: what a process knows of lists is gone."""
        self.world.crew.apps = [self.world.new_app()]

    def teardown(self) -> None:
        """Once all is mended and approved, everything is as it must be."""
        self.stewards.settle()
        assert "\n".join(self.world.violations()) == ""


def test_no_order_of_what_stewards_do_in_both_stores_retires_who_is_selected(
    services: Services, new_world: Callable[..., World]
) -> None:
    def new_estate() -> Estate:
        empty(services)
        return Estate(new_world(SYNC_TERM=KEYWORDS))

    run_state_machine_as_test(new_estate, settings=SETTINGS)  # type: ignore[arg-type] # it takes any maker
