"""Azurite, Microsoft's storage emulator, on free loopback ports for as long as a `with` block lasts.

`package.json` beside this file pins it; `make setup` installs it here.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.child import Child, start_child, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT_ACCOUNT = "devstoreaccount1"
# Microsoft publishes this key with the emulator; tools such as Storage Explorer know it.
DEFAULT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_INSTALLED = Path(__file__).with_name("node_modules") / ".bin" / "azurite"
_NO_AUTOSAVE = Path(__file__).with_name("no_autosave.cjs")
_LISTENING = re.compile(r"Azurite (Blob|Queue|Table) service is successfully listening at (http://\S+)\n")
_SERVICES = ("Blob", "Queue", "Table")


class AzuriteMissingError(RuntimeError):
    """Azurite is not installed."""


@dataclass(frozen=True)
class Azurite:
    """A running Azurite: where its services listen, and which accounts it knows."""

    endpoints: Mapping[str, str]
    keys: Mapping[str, str]

    def connection_string(self, account: str = DEFAULT_ACCOUNT) -> str:
        """Return the connection string of an account; each account has queues, tables and blobs of its own."""
        services = [f"{service}Endpoint={self.endpoints[service]}/{account}" for service in _SERVICES]
        name_and_key = [f"AccountName={account}", f"AccountKey={self.keys[account]}"]
        return ";".join(["DefaultEndpointsProtocol=http", *name_and_key, *services])


def find_azurite() -> str:
    """Return the path of the azurite program: the one installed here, else the one on PATH.

    Raises:
        AzuriteMissingError: there is none.
    """
    found = str(_INSTALLED) if _INSTALLED.exists() else shutil.which("azurite")
    if found is None:
        raise AzuriteMissingError(f"There is no Azurite: neither {_INSTALLED} nor `azurite` on PATH. Run `make setup`.")
    return found


@contextmanager
def run_azurite(
    *,
    log: Path | None = None,
    folder: Path | None = None,
    accounts: Mapping[str, str] | None = None,
) -> Iterator[Azurite]:
    """Run Azurite and yield it once all three services listen.

    Args:
        log: where its output goes; a temporary file by default.
        folder: keep the data there, so that a later run finds it; None forgets it at the end.
        accounts: name to base64 key of further accounts. Azurite reads them at its start only.
    """
    keys = {DEFAULT_ACCOUNT: DEFAULT_KEY, **(accounts or {})}
    with tempfile.TemporaryDirectory(prefix="azurite-") as scratch:
        environment = {
            **os.environ,
            "AZURITE_ACCOUNTS": ";".join(f"{name}:{key}" for name, key in keys.items()),
            **({} if folder else without_autosave()),
        }
        child = start_child(
            "azurite",
            [find_azurite(), *_arguments(folder or Path(scratch))],
            log=log or Path(scratch) / "azurite.log",
            env=environment,
            cwd=Path(scratch),
        )
        try:
            wait_until_ready(child, lambda: len(_read_endpoints(child)) == len(_SERVICES))
            yield Azurite(endpoints=_read_endpoints(child), keys=keys)
        finally:
            child.stop()


def without_autosave() -> dict[str, str]:
    """Return the environment in which the Azurite that is installed here saves its data at its end only."""
    return {"NODE_OPTIONS": f'--require "{_NO_AUTOSAVE}"'} if _INSTALLED.exists() else {}


def _arguments(folder: Path) -> list[str]:
    ports = [part for service in _SERVICES for part in (f"--{service.lower()}Port", "0")]
    # Never --inMemoryPersistence: after 10,000 messages, its clean-up of each minute let Azurite stand still for 85 s.
    location = ["--location", str(folder.resolve())]
    # The SDKs may speak a newer storage API version than Azurite knows by name; it serves them all the same.
    return [*ports, *location, "--disableTelemetry", "--silent", "--skipApiVersionCheck"]


def _read_endpoints(child: Child) -> dict[str, str]:
    # Port 0 lets the system choose and Azurite prints its choice: no port can be lost between choosing and using it.
    return dict(_LISTENING.findall(child.output()))
