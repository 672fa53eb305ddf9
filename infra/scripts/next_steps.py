"""Prints what is left to do by hand after the resources were made: what a template cannot reach or must not know.

Runs after `azd provision` with the template's outputs in the environment, or by hand with the outputs given:

    az deployment group show -g GROUP -n main --query properties.outputs | python3 infra/scripts/next_steps.py -
"""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.scripts.azure import REFRESH_SECRETS, Site  # the path comes first

NEEDED = (
    "APP_IDENTITY_NAME",
    "APP_IDENTITY_PRINCIPAL_ID",
    "FUNCTION_APP_NAME",
    "VAULT_ENTRIES",
    "VAULT_NAME",
    "WEBHOOK_URL",
)
# What the person who deploys has given already; where it is not known, its name stands for it.
GIVEN = ("AZURE_RESOURCE_GROUP", "PURVIEW_COLLECTION", "PURVIEW_ENDPOINT")

STEPS = """
The resources are there. Left to do by hand (docs/deploy.md says more). Lines that begin with $ are commands.

1. Secrets. These must be in the vault {VAULT_NAME}: {VAULT_ENTRIES}
   To set one you need the role Key Vault Secrets Officer on the vault:
{SECRET_COMMANDS}
   The platform keeps what it read for a day, also through a restart. So after setting one, once the code is deployed:
   $ {REFRESH_COMMAND}
   $ {RESTART_COMMAND}

2. Purview. Give the identity {APP_IDENTITY_NAME} (object id {APP_IDENTITY_PRINCIPAL_ID})
   - Data Reader on the root collection,
   - Data Curator on the collection that lineage goes to.
   Signed in as a Collection Admin of the root, with requirements.txt installed:
   $ {GRANT_COMMAND}
   Or by hand: Purview portal > Data Map > Domains > the collection > Role assignments.

3. CluedIn. The service account must not sign in by SSO. docs/permissions.md lists the roles that it needs.

4. Webhook, if something of yours knows when a data set was processed (CluedIn itself calls nobody; without a call the
   app finds it within 5 minutes): let it POST {{"dataSetId": "..."}} to
   {WEBHOOK_URL}
   with the header x-functions-key. Read the key, once the code is deployed, with
   $ {KEY_COMMAND}
"""


def format_steps(values: Mapping[str, str]) -> str:
    """Return the list of steps.

    Raises:
        ValueError: outputs of the template are missing; all are named.
    """
    missing = [name for name in NEEDED if not values.get(name)]
    if missing:
        raise ValueError(f"The template's outputs are missing: {', '.join(missing)}. Provision first.")
    known = {**values, **{name: values.get(name) or name for name in GIVEN}}
    site = Site(known["AZURE_RESOURCE_GROUP"], known["FUNCTION_APP_NAME"], known.get("AZURE_SUBSCRIPTION_ID", ""))
    return STEPS.format(
        **known,
        SECRET_COMMANDS="\n".join(
            _secret_command(known["VAULT_NAME"], name) for name in known["VAULT_ENTRIES"].split()
        ),
        REFRESH_COMMAND=shlex.join(["az", *site.ask_for(REFRESH_SECRETS)]),
        RESTART_COMMAND=shlex.join(["az", *site.command("restart")]),
        GRANT_COMMAND=_grant_command(known),
        KEY_COMMAND=_key_command(site),
    )


def _secret_command(vault: str, name: str) -> str:
    return f'   $ read -rs VALUE; az keyvault secret set --vault-name {vault} --name {name} --value "$VALUE" -o none'


def _grant_command(known: Mapping[str, str]) -> str:
    options = {
        "--endpoint": known["PURVIEW_ENDPOINT"],
        "--collection": known["PURVIEW_COLLECTION"],
        "--principal": known["APP_IDENTITY_PRINCIPAL_ID"],
    }
    return shlex.join(
        ["python3", "infra/scripts/grant_purview_roles.py", *(word for pair in options.items() for word in pair)]
    )


def _key_command(site: Site) -> str:
    function = ["--function-name", "data_set_processed", "--query", "default", "-o", "tsv"]
    return shlex.join(["az", *site.command("function", "keys", "list"), *function])


def read_outputs(document: str) -> dict[str, str]:
    """Return the values of `az deployment group show --query properties.outputs`: {name: {"type", "value"}}.

    The Azure CLI may write names in another case than the template: they are compared in upper case. What it prints
    after an error is no document, and holds none.
    """
    try:
        outputs = json.loads(document)
    except ValueError:
        return {}
    return {name.upper(): str(output["value"]) for name, output in (outputs or {}).items()}


def main(arguments: list[str]) -> int:
    """Print the steps; `-` reads the outputs from standard input, a path reads them from a file."""
    values = dict(os.environ)
    if arguments:
        document = sys.stdin.read() if arguments[0] == "-" else Path(arguments[0]).read_text(encoding="utf-8")
        values |= read_outputs(document)
    try:
        sys.stdout.write(format_steps(values))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
