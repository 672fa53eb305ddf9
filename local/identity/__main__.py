"""Serve the managed-identity endpoint as a process: `python -m local.identity --port 8003`."""

import argparse

from local.identity.app import make_identity_app
from local.identity.endpoint import IdentityEndpoint
from local.simulation import run


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m local.identity", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    run(make_identity_app(IdentityEndpoint()), port=parser.parse_args().port, name="identity endpoint")


if __name__ == "__main__":
    main()
