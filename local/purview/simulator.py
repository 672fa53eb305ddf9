"""The simulated account as the kit drives it: reset, seed, dump."""

from collections.abc import Mapping
from typing import Any

from local.purview.account import Account
from local.purview.dump import dump_state
from local.purview.estate import SEEDS


class Purview(Account):
    """An account that can be seeded, and shown as JSON."""

    name = "purview"

    def seed(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Fill the account: `{"name": "estate", ...}`; see the seeds in `estate/` for their options.

        Raises:
            ValueError: for an unknown seed.
        """
        name = str(options.get("name", "estate"))
        if name not in SEEDS:
            raise ValueError(f"unknown seed {name}, expected one of {', '.join(SEEDS)}")
        summary = SEEDS[name](self, options)
        self.submit_changes()
        self.flush_index()
        return summary

    def dump(self) -> dict[str, Any]:
        """Counts, and the parts that a test or a demo looks at."""
        return dump_state(self)
