"""Prints what is left to do by hand after the resources were made: what a template cannot reach or must not know.

Runs after `azd provision` with the template's outputs in the environment, or by hand with the outputs in a file:

    az deployment group show -g GROUP -n main --query properties.outputs | python3 infra/scripts/next_steps.py -
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

NEEDED = (
    "APP_IDENTITY_NAME",
    "APP_IDENTITY_PRINCIPAL_ID",
    "FUNCTION_APP_NAME",
    "VAULT_ENTRIES",
    "VAULT_NAME",
    "WEBHOOK_URL",
)

STEPS = """
The resources are there. Left to do by hand (docs/deploy.md says more):

1. Secrets. These must be in the vault {VAULT_NAME}: {VAULT_ENTRIES}
   To set one you need the role Key Vault Secrets Officer on the vault:
{SECRET_COMMANDS}
   A secret that is set after the app started is seen after a restart, or within a day.

2. Purview. Give the identity {APP_IDENTITY_NAME} (object id {APP_IDENTITY_PRINCIPAL_ID})
   - Data Reader on the root collection,
   - Data Curator on the collection that lineage goes to (PURVIEW_COLLECTION).
   Signed in as a Collection Admin of the root: python3 infra/scripts/grant_purview_roles.py
     --endpoint PURVIEW_ENDPOINT --collection PURVIEW_COLLECTION --principal {APP_IDENTITY_PRINCIPAL_ID}
   Or by hand: Purview portal > Data Map > Domains > the collection > Role assignments.

3. CluedIn. The service account must not sign in by SSO. docs/permissions.md lists the roles that it needs.

4. Webhook. Let CluedIn POST {{"dataSetId": "..."}} when a data set was processed, to
   {WEBHOOK_URL}
   with the header x-functions-key. Read the key, once the code is deployed, with
   az functionapp function keys list -g {AZURE_RESOURCE_GROUP} -n {FUNCTION_APP_NAME} \\
     --function-name data_set_processed --query default -o tsv
"""


def format_steps(values: Mapping[str, str]) -> str:
    """Return the list of steps.

    Raises:
        ValueError: outputs of the template are missing; all are named.
    """
    missing = [name for name in NEEDED if not values.get(name)]
    if missing:
        raise ValueError(f"The template's outputs are missing: {', '.join(missing)}. Provision first.")
    vault = values["VAULT_NAME"]
    commands = [
        f'   read -rs VALUE; az keyvault secret set --vault-name {vault} --name {name} --value "$VALUE" -o none'
        for name in values["VAULT_ENTRIES"].split()
    ]
    group = values.get("AZURE_RESOURCE_GROUP") or "GROUP"
    return STEPS.format(**{**values, "AZURE_RESOURCE_GROUP": group, "SECRET_COMMANDS": "\n".join(commands)})


def read_outputs(document: str) -> dict[str, str]:
    """Return the values of `az deployment group show --query properties.outputs`: {name: {"type", "value"}}.

    The Azure CLI may write names in another case than the template: they are compared in upper case.
    """
    return {name.upper(): str(output["value"]) for name, output in json.loads(document).items()}


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
