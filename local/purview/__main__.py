"""Runs the simulator as a process: `python -m local.purview --port 8081 --seed estate`."""

import argparse

from local.purview import Purview, make_app
from local.purview.account import ACCOUNT
from local.purview.estate import SEEDS
from local.simulation import run


def main() -> None:
    """Parse the command line, fill the account, serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m local.purview", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--account", default=ACCOUNT, help="the account's name, which is the root collection's too")
    parser.add_argument("--seed", choices=SEEDS, help="fill the account")
    arguments = parser.parse_args()
    purview = Purview(account=arguments.account)
    if arguments.seed:
        purview.seed({"name": arguments.seed})
    run(make_app(purview=purview), arguments.host, arguments.port, name="Purview simulator")


if __name__ == "__main__":
    main()
