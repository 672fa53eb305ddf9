"""The world of the fault tests around the app as it runs on a laptop: real processes, real HTTP, real time."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field

import psutil
import requests

from local.child import ChildError
from local.simulation import Clock
from local.stack import TERM, WEBHOOK_SECRET, Stack
from sync_core.absence.approval import Approval, ApprovalNeeded
from sync_core.absence.retire import APPROVAL, NEEDED
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.upkeep.reconcile import THOROUGH
from tests.e2e.steps import DISCOVER, RECONCILE, fetch_status
from tests.faults.remote import Account, Organization
from tests.faults.world import World
from tests.kit.settings import environment_of

TIMEOUT_S = 60
MIB = 1024 * 1024
LONGEST_NAME = 200


@dataclass
class RealWorld(World):
    """The app works by itself on its host; a test says when its timers run, and waits."""

    stack: Stack = field(kw_only=True)
    failed_runs: int = 0
    replayed: set[str] = field(default_factory=set)

    def send(self, body: bytes) -> requests.Response:
        """Call the webhook once, signed."""
        signature = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-CluedIn-Signature": signature}
        url = f"{self.stack.function_url}/webhooks/cluedin/data-set-processed"
        params = {"code": self.stack.function_key}
        return requests.post(url, data=body, headers=headers, params=params, timeout=TIMEOUT_S)

    def post(self, body: bytes) -> int:
        """Call the webhook once; returns the status."""
        return self.send(body).status_code

    def tick(self) -> bool:
        """Run one discovery now."""
        return self._run(DISCOVER)

    def reconcile(self) -> None:
        """Look now for what fell through, as thoroughly as once in a quarter of an hour."""
        self.app.cursors.delete(THOROUGH)
        self._run(RECONCILE)

    def replay(self) -> list[DeadLetter]:
        """A person has each dead letter done again, once; returns those. One that dies again has not healed."""
        dead_letters = [
            dead_letter for dead_letter in self.app.dead_letters.all() if dead_letter.id not in self.replayed
        ]
        for dead_letter in dead_letters:
            self.command("replay", "--id", dead_letter.id)
            self.replayed.add(dead_letter.id)
        return dead_letters

    def wait_until_quiet(self, timeout_s: float, poll_s: float = 1) -> None:
        """Run the timers until nothing is left to do; a person sees to what waits for one."""
        deadline = time.monotonic() + timeout_s
        for _ in range(3):  # an asset may be in its grace, which no one sees
            self.tick()
        while self.is_asked() or not self.is_quiet():
            assert time.monotonic() < deadline, f"after {timeout_s} s there is still work: {self.outstanding()}"
            time.sleep(poll_s)
            self.tick()
            self.reconcile()
            self.replay()

    def is_asked(self) -> bool:
        """Whether a large retirement waits for a person; then she approves it, if she did not before."""
        needed = self.app.approvals.load(ApprovalNeeded, NEEDED)
        word = self.app.approvals.load(Approval, APPROVAL)
        if needed is not None and (word is None or word.left < needed.assets):
            self.command("approve", "retirement", str(needed.assets), "--by", "Ada")
        return needed is not None

    def outstanding(self) -> dict[str, int]:
        """Count what is still to do."""
        status = fetch_status(self.stack)
        dead_letters = len(status["deadLetters"])
        return {
            "assets": status["counts"]["queued"],
            "deliveries": status["openDeliveries"],
            "dead letters": dead_letters,
        }

    def memory_mib(self) -> float:
        """Return what the app's processes hold in memory."""
        guard = psutil.Process(self.stack.app.child.process.pid)
        return sum(process.memory_info().rss for process in guard.children(recursive=True)) / MIB

    def _run(self, function: str) -> bool:
        try:
            self.stack.run_function(function)
        except ChildError:
            self.failed_runs += 1  # the run's record says why; with faults about, runs do fail
            return False
        return True


def make_real_world(stack: Stack) -> RealWorld:
    """Make the world of a running stack; what is tagged there counts from now on."""
    account, organization = Account(stack.purview.url), Organization(stack.cluedin.url)
    settings = environment_of(account.url, organization.url, stack.storage)
    world = RealWorld(Clock(), account, organization, settings, stack=stack)
    for each in account.state()["entities"]:
        if len(each["qualifiedName"]) > LONGEST_NAME and TERM in each["terms"]:
            account.untag(each["guid"])  # CluedIn has a shorter form of it, of which the invariants know nothing
    world.names |= {each["qualifiedName"]: {each["name"]} for each in account.state()["entities"]}
    world.ever_tagged |= {each["qualifiedName"] for each in account.state()["entities"] if TERM in each["terms"]}
    return world
