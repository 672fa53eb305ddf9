"""The functions host in miniature, on the test's clock: runs the timers and works off the queues."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from local.simulation import Clock
from sync_core.app import App
from sync_core.storage.names import LINEAGE_QUEUE
from tests.faults.lanes import Delivery, Lanes

MOST_DELIVERIES = 3000


@dataclass
class Crew:
    """Some instances of the app on one storage. A queue promises no order, and no message only once."""

    apps: list[App]
    lanes: Lanes
    clock: Clock
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - repeatable
    again: float = 0.0
    """How likely a message that was worked off is delivered once more."""
    at_once: int = 1
    failures: list[str] = field(default_factory=list)
    """What the host saw functions fail of."""

    def tick(self) -> bool:
        """Run one discovery; return whether it ended well."""
        return self._run(lambda app: app.discover_assets.run())

    def reconcile(self) -> bool:
        """Run one reconciliation; return whether it ended well."""
        return self._run(lambda app: app.reconcile.run())

    def drain(self) -> int:
        """Work off what is due, until nothing is; return how many deliveries that were."""
        seen: Counter[bytes] = Counter()
        started_s = self.clock.offset_s
        while due := self.lanes.receive_due():
            self.chance.shuffle(due)
            self._work_off_all(due)
            seen.update(delivery.body for delivery in due)
            if seen.total() >= MOST_DELIVERIES:
                passed_s = self.clock.offset_s - started_s
                most = f"{seen.most_common(3)} of {len(seen)} messages in {passed_s:.0f} s"
                raise AssertionError(f"the work never ends: {most}; {self.failures[-3:]}")
        return seen.total()

    def _work_off_all(self, due: Sequence[Delivery]) -> None:
        if self.at_once == 1:
            for delivery in due:
                self._work_off(delivery)
            return
        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(self._work_off, due))

    def _work_off(self, delivery: Delivery) -> None:
        if not self._run(lambda app: handle(app, delivery)):
            self.lanes.fail(delivery)
        elif self.chance.random() < self.again:
            self.lanes.release(delivery)
        else:
            self.lanes.delete(delivery)

    def _run(self, function: Callable[[App], None]) -> bool:
        try:
            function(self.chance.choice(self.apps))
        except Exception as error:  # noqa: BLE001 - the host survives whatever a function raises
            self.failures.append(f"{type(error).__name__}: {error}")
            return False
        return True


def handle(app: App, delivery: Delivery) -> None:
    """Call the function of a queue, as `function_app.py` does."""
    match delivery.lane:
        case "asset-sync":
            app.create_data_source_group.handle(delivery.body)
        case _:
            assert delivery.lane == LINEAGE_QUEUE
            app.push_lineage.handle(delivery.body)
