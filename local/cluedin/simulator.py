"""The simulated organization as the kit drives it: reset, seed, dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.cluedin.behaviour.processing import commit_data_set
from local.cluedin.behaviour.settings import DEFAULTS
from local.cluedin.behaviour.tokens import Tokens
from local.cluedin.behaviour.webhook import Webhook, WebhookTarget, compose_event
from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT, Seed, plant
from local.cluedin.store import Store
from local.cluedin.switches import CluedInSwitches
from local.simulation import Clock, Simulator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.cluedin.behaviour.webhook import Delivery
    from local.cluedin.model import DataSet, Organization, Submission, User


class CluedIn(Simulator[CluedInSwitches]):
    """One organization with its users, its data and the webhook it calls.

    It is never quite empty: after a reset it has its service account, its settings and `first_seed`.
    """

    name = "cluedin"

    def __init__(
        self,
        switches: CluedInSwitches | None = None,
        *,
        clock: Clock | None = None,
        organization: Organization = ORGANIZATION,
        service_account: User = SERVICE_ACCOUNT,
        webhook: WebhookTarget | None = None,
        first_seed: Seed | None = None,
    ) -> None:
        super().__init__(switches or CluedInSwitches(), clock)
        self._organization, self._service_account = organization, service_account
        self._first_seed = first_seed or Seed()
        self.webhook = Webhook(self.clock, webhook or WebhookTarget())
        self._begin()

    def _begin(self) -> None:
        self.store = Store(self.clock, self._organization)
        self.store.users[self._service_account.id] = self._service_account
        self.store.settings.update(DEFAULTS)
        self.tokens = Tokens(self.store)
        plant(self.store, self.switches, self._first_seed)

    def reset(self) -> None:
        """Start anew: no tokens, no groups but the first seed's, first webhook target."""
        self.webhook.reset()
        self._begin()

    def seed(self, options: Mapping[str, Any]) -> Any:
        """Add a seed's groups; see `Seed` for the options. Returns how many of each kind there are."""
        with self.store.lock:
            return plant(self.store, self.switches, Seed.model_validate(options))

    def dump(self) -> Any:
        """Every table, without passwords and tokens."""
        with self.store.lock:
            return self.store.dump()

    def close(self) -> None:
        """End the webhook's workers."""
        self.webhook.close()

    def process(self, data_set: DataSet, *, failed: int = 0, calls_webhook: bool = True) -> Submission:
        """Process a data set and, when that is through, call the webhook.

        Raises:
            ServiceError: 400 when the data set is not mapped.
        """
        submission = commit_data_set(self.store, self.switches, data_set, failed=failed)
        if calls_webhook:
            self.announce(submission)
        return submission

    def announce(self, submission: Submission) -> Delivery:
        """Call the webhook when the submission is finished."""
        event_id = f"msg_{uuid4().hex}"
        body = compose_event(submission.data_set_id, event_id, submission.finishes_at)
        return self.webhook.deliver(body, delivery_id=event_id, not_before=submission.finishes_at)
