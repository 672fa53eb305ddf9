"""Any order of deeds, faults and turns of the app, found by hypothesis: whatever it tries, all is well in the end."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from local.cluedin.seed import SERVICE_ACCOUNT
from sync_core.storage.names import TABLES
from tests.faults.conftest import empty
from tests.faults.people import People
from tests.faults.test_random_faults import FAILURES
from tests.faults.test_wipes import wipe
from tests.faults.variants import ALL_OTHERS, IS_LONG, USUAL, Variant, each_variant
from tests.faults.world import World
from tests.kit.services import Services

pytestmark = pytest.mark.timeout(7200 if IS_LONG else 900)

EXAMPLES, STEPS = (400, 50) if IS_LONG else (6, 25)
SETTINGS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not IS_LONG,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

numbers = st.integers(0, 9)


class Life(RuleBasedStateMachine):
    """People, the app and bad luck take turns. What must never be is checked after each, the rest at the end."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.people = world, People(world)

    @initialize(seed=numbers)
    def start(self, seed: int) -> None:
        """Some work is there from the start."""
        self.world.crew.chance = random.Random(seed)  # noqa: S311 - repeatable
        self.people.scan(seed, tagged=True)
        self.world.run()

    @rule(name=numbers, tagged=st.booleans())
    def scan(self, name: int, tagged: bool) -> None:  # noqa: FBT001 - hypothesis gives them
        self.people.scan(name, tagged=tagged)

    @rule(asset=numbers)
    def tag(self, asset: int) -> None:
        self.people.tag(asset)

    @rule(asset=numbers)
    def untag(self, asset: int) -> None:
        self.people.untag(asset)

    @rule(asset=numbers, name=numbers)
    def rename(self, asset: int, name: int) -> None:
        self.people.rename(asset, name)

    @rule(asset=numbers, keep_terms=st.booleans())
    def recreate(self, asset: int, keep_terms: bool) -> None:  # noqa: FBT001 - as above
        self.people.recreate(asset, keep_terms=keep_terms)

    @rule(source=numbers, mapping=numbers)
    def load(self, source: int, mapping: int) -> None:
        self.people.load(source, mapping)

    @rule(data_set=numbers, mapping=numbers)
    def remap(self, data_set: int, mapping: int) -> None:
        self.people.remap(data_set, mapping)

    @rule(data_set=numbers)
    def process(self, data_set: int) -> None:
        self.people.process(data_set)

    @rule(data_set=numbers)
    def unmap(self, data_set: int) -> None:
        self.people.unmap(data_set)

    @rule(data_set=numbers, event=st.integers(0, 2))
    def announce(self, data_set: int, event: int) -> None:
        self.people.announce(data_set, event)

    @rule(
        in_cluedin=st.booleans(),
        failure=st.sampled_from(FAILURES),
        skip=st.integers(0, 8),
        times=st.integers(1, 5),
    )
    def fail(self, in_cluedin: bool, failure: dict[str, Any], skip: int, times: int) -> None:  # noqa: FBT001 - as above
        """Some calls to a service will fail."""
        service = self.world.organization if in_cluedin else self.world.account
        service.fault(skip=skip, times=times, **failure)

    @rule(group=numbers)
    def delete_group(self, group: int) -> None:
        self.people.delete_group(group)

    @rule()
    def set_cluedin_up_anew(self) -> None:
        self.people.set_cluedin_up_anew()

    @rule(minutes=st.sampled_from([5, 30]))
    def show_nothing(self, minutes: int) -> None:
        """CluedIn answers 200 without a group for a while; an hour of that would be taken for the truth.

        Nothing is lost at the same time: an app without its state cannot tell that from a CluedIn that is new.
        """
        self.world.account.clear_faults()
        self.world.organization.clear_faults()
        self.world.run()
        self.world.reconcile()
        self.world.organization.call("PATCH", "/switches", {"shown": "nothing"})
        for _ in range(0, minutes, 5):
            self.world.clock.advance(5 * 60)
            self.world.run()
            self.world.crew.reconcile()
        self.world.organization.call("PATCH", "/switches", {"shown": "all"})
        self.world.reconcile()

    @rule()
    def tick(self) -> None:
        self.world.tick()

    @rule()
    def drain(self) -> None:
        self.world.crew.drain()

    @rule()
    def reconcile(self) -> None:
        self.world.crew.reconcile()

    @rule(minutes=st.sampled_from([0.1, 1, 20, 24 * 60]))
    def wait(self, minutes: float) -> None:
        """Time passes."""
        self.world.clock.advance(minutes * 60)

    @rule(again=st.sampled_from([0.0, 0.5]), at_once=st.sampled_from([1, 4]))
    def load_on_the_host(self, again: float, at_once: int) -> None:
        """Messages come twice, or many at once."""
        self.world.crew.again, self.world.crew.at_once = again, at_once

    @rule(skew_s=st.sampled_from([0, -120, 120]))
    def scale_out(self, skew_s: int) -> None:
        """The platform starts another instance, whose clock may be wrong, and after that ends the older one."""
        self.world.crew.apps = [*self.world.crew.apps[-1:], self.world.new_app(skew_s=skew_s)]

    @rule(table=st.sampled_from(TABLES))
    def lose_a_table(self, table: str) -> None:
        """Somebody deletes a table."""
        wipe(self.world, [table])

    @rule()
    def lose_messages(self) -> None:
        """The queues are emptied by mistake."""
        self.world.crew.lanes.clear()

    @invariant()
    def nothing_is_made_twice(self) -> None:
        sources = self.world.organization.state()["data_sources"]
        names = [source["name"] for source in sources if source["author_id"] == SERVICE_ACCOUNT.id]
        assert len(names) == len(set(names))

    def teardown(self) -> None:
        """Once all is healed, and a person has approved what waits for that, everything is as it must be."""
        self.world.settle()
        assert "\n".join(self.world.violations()) == ""


@each_variant(USUAL, ALL_OTHERS)
def test_no_order_of_events_loses_anything_or_makes_anything_twice(
    services: Services, new_world: Callable[..., World], variant: Variant
) -> None:
    def new_life() -> Life:
        empty(services, variant)
        return Life(new_world(**variant.settings))

    run_state_machine_as_test(new_life, settings=SETTINGS)  # type: ignore[arg-type] # it takes any maker
