"""Puts the bundle together: settings, versions, findings, the state of one asset or of all, and the last exchanges."""

import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import SecretStr

from sync_core import __version__
from sync_core.answer import HttpAnswer, json_answer
from sync_core.assets.record import AssetRecord
from sync_core.errors import NotFoundError, RejectedError, SyncError
from sync_core.exchanges import latest_exchanges
from sync_core.operations.actions.find_asset import FindAsset
from sync_core.operations.bundle.redact import Redaction
from sync_core.operations.bundle.rows import StoredRows
from sync_core.settings import Settings

FORMAT = 1
ALL = "all"
PACKAGES = (
    "azure-data-tables",
    "azure-functions",
    "azure-identity",
    "azure-storage-queue",
    "pydantic",
    "requests",
    "tenacity",
)
REST = "A bundle of one asset holds all rows of it and its data sets: bundle ASSET, or GET status?bundle=ASSET."
HIDDEN = frozenset({"CLUEDIN_USERNAME", "AzureWebJobsStorage__clientId"})  # no secrets, and nobody's business
Findings = Callable[[], Mapping[str, Any]]
Evidence = Callable[[str], Any]


@dataclass(frozen=True)
class Bundle:
    """Reads what a report needs. Writes nothing; `secrets` are told in no part of it.

    `evidence` is what `explain` finds of an asset, also of one that the app does not have: why is what is asked then.
    """

    settings: Settings
    secrets: Sequence[str] = field(repr=False)
    rows: StoredRows
    find: FindAsset
    findings: Findings
    evidence: Evidence
    clock: Callable[[], datetime]

    def answer(self, wanted: str) -> HttpAnswer:
        """Answer `GET status?bundle=all` or `?bundle=ASSET`.

        Raises:
            RejectedError: several assets are called so.
            TransientError, ConfigError: storage does not answer.
        """
        return json_answer(self.read(wanted))

    def read(self, wanted: str) -> dict[str, Any]:
        """Return the bundle of one asset, or of `all`. Raises as `answer`."""
        record = None if wanted == ALL else self._find(wanted)
        about = record.guid if record else wanted
        kept, redaction = self.rows.of_all() if wanted == ALL else self.rows.of_asset(record), Redaction(self.secrets)
        told = {
            "format": FORMAT,
            "version": __version__,
            "generatedAt": self.clock().isoformat(),
            "about": about,
            "versions": dict(_versions()),
            "rows": kept.rows,
            "leftOut": kept.left_out,
            **({"howToGetTheRest": REST} if wanted == ALL and kept.left_out else {}),
            "findings": _or_reason(self.findings),
            "evidence": None if wanted == ALL else _or_reason(lambda: self.evidence(about)),
            "exchanges": latest_exchanges(),
        }
        settings = {name: redaction.of(value) for name, value in _settings(self.settings)}
        return {**redaction.of(told), "settings": settings}

    def _find(self, wanted: str) -> AssetRecord | None:
        try:
            return self.find.find(wanted, lambda: True)
        except NotFoundError:
            return None
        except RejectedError as error:
            raise RejectedError(str(error), code="bundle") from error


def _or_reason(read: Callable[[], Any]) -> Any:
    """Return what is read; what cannot be is no reason to tell nothing."""
    try:
        return read()
    except SyncError as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    yield "platform", f"{sys.platform} {platform.machine()}"
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def _settings(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Yield each setting by its name in the environment; of a secret, whether it is set, or how many there are."""
    for name, one in type(settings).model_fields.items():
        yield str(one.alias), _shown(str(one.alias), getattr(settings, name))


def _shown(name: str, value: Any) -> Any:
    match value:
        case None | "" | ():
            return None
        case SecretStr():
            return "(set)"
        case tuple():
            return f"({len(value)} set)"
        case _ if name in HIDDEN:
            return "(set)"
        case bool():
            return value
        case _:
            return str(value)
