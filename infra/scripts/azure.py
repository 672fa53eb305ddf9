"""How the scripts beside this file reach a deployed app: through the Azure CLI, and by plain https."""

import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SYNC_TRIGGERS = "syncfunctiontriggers?api-version=2024-11-01"
# The platform keeps what it read from the vault for 24 hours, through restarts too; this makes it read anew.
# Source: learn.microsoft.com "Use Key Vault references as app settings", section "Understand rotation".
REFRESH_SECRETS = "config/configreferences/appsettings/refresh?api-version=2022-03-01"

NO_HEADERS: Mapping[str, str] = {}
Run = Callable[[list[str]], str]
"""Runs the Azure CLI with arguments and returns what it prints."""


class NotWellError(Exception):
    """The deployment is not well; the text says what was found and what to do."""


@dataclass(frozen=True)
class Site:
    """One function app. The Azure CLI itself fills in its current subscription if none is named."""

    group: str
    name: str
    subscription: str = ""

    def ask_for(self, action: str) -> list[str]:
        """Return the arguments of `az` that ask the platform for something that has no command of its own."""
        subscription = self.subscription or "{subscriptionId}"
        site = f"/subscriptions/{subscription}/resourceGroups/{self.group}/providers/Microsoft.Web/sites/{self.name}"
        return ["rest", "--method", "post", "--url", f"{site}/{action}"]

    def command(self, *words: str) -> list[str]:
        """Return the arguments of an `az functionapp` command on this app."""
        chosen = ["--subscription", self.subscription] if self.subscription else []
        return ["functionapp", *words, "-g", self.group, "-n", self.name, *chosen]


def read_subscription() -> str:
    """Return the subscription that azd deployed to; the Azure CLI may be signed in to another one."""
    return os.environ.get("AZURE_SUBSCRIPTION_ID", "")


def run_azure_cli(arguments: list[str]) -> str:
    """Run `az` and return what it prints.

    Raises:
        NotWellError: `az` is not installed or not signed in, or refuses.
    """
    program = shutil.which("az")
    if program is None:
        raise NotWellError("The Azure CLI (az) is not installed, so the app cannot be looked at.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments
    if done.returncode:
        raise NotWellError(f"az {' '.join(arguments[:3])} failed: {done.stderr.strip()}")
    return done.stdout


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: a key or token in a header would go along."""


def fetch(url: str, headers: Mapping[str, str] = NO_HEADERS) -> tuple[int, str]:
    """GET a URL, follow no redirect, and return status and body; 0 if nothing answers.

    Raises:
        NotWellError: the URL is not https.
    """
    if not url.startswith("https://"):
        raise NotWellError(f"{url!r} is no https address.")
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310  # https only, see above
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)
