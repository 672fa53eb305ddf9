"""`python -m local.cluedin --port 8002 --seed estate`: a CluedIn organization until Ctrl-C."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import closing

from local.cluedin.app import make_app
from local.cluedin.behaviour.webhook import WebhookTarget
from local.cluedin.seed import Seed
from local.cluedin.simulator import CluedIn
from local.simulation import run


def main() -> None:
    """Read the command line and serve."""
    parser = ArgumentParser(prog="python -m local.cluedin", description="A simulated CluedIn organization.")
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port, printed when it listens")
    parser.add_argument("--seed", choices=("empty", "estate"), default="empty", help="what the organization holds")
    parser.add_argument("--webhook-url", help="called when a data set has been processed; may carry ?code=...")
    parser.add_argument("--webhook-secret", action="append", default=[], help="signs the calls; repeat for a rotation")
    options = parser.parse_args()
    target = WebhookTarget(url=options.webhook_url, secrets=tuple(options.webhook_secret))
    with closing(CluedIn(webhook=target, first_seed=Seed(name=options.seed))) as cluedin:
        run(make_app(cluedin), port=options.port, name="cluedin")


if __name__ == "__main__":
    main()
