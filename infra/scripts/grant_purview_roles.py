"""Gives the app's identity its roles in Purview: Data Reader on the root, Data Curator on the target collection.

    python infra/scripts/grant_purview_roles.py --endpoint https://ACCOUNT.purview.azure.com \
        --collection abc123 --principal OBJECT_ID [--catalog [URL]] [--types-on-root] [--dry-run]

Run it signed in (Azure CLI) as a Collection Admin of the root. With --catalog it gives Global Catalog Reader in the
Unified Catalog too, for which you must be a Data Governance Administrator as well. OBJECT_ID is the identity's object
(principal) id, which the deployment prints; a client id does not work. Running it again changes nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.roles.catalog_policies import CatalogPolicies
from infra.roles.collection_policies import PurviewPolicies
from infra.roles.grant_catalog_role import GrantCatalogRole
from infra.roles.grant_collection_roles import Grant, GrantRoles
from sync_core.app import new_azure_credential  # the path comes first
from sync_core.catalog.wire import CATALOG
from sync_core.errors import SyncError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import AzureTokens
from sync_core.purview.client import PURVIEW, PurviewClient

CATALOG_ENDPOINT = "https://api.purview-service.microsoft.com"


def main(arguments: Sequence[str] | None = None) -> int:
    """Grant the roles; return 0 when the identity has them, or would have them after a run without --dry-run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--endpoint", required=True, help="PURVIEW_ENDPOINT")
    parser.add_argument("--collection", required=True, help="PURVIEW_COLLECTION: 6-letter name or friendly path")
    parser.add_argument("--principal", required=True, help="object id of the app's managed identity")
    parser.add_argument(
        "--types-on-root", action="store_true", help="Data Curator on the root too, if types cannot be registered"
    )
    parser.add_argument(
        "--catalog",
        nargs="?",
        const=CATALOG_ENDPOINT,
        metavar="URL",
        help=f"Global Catalog Reader in the Unified Catalog too; its URL, if it is not {CATALOG_ENDPOINT}",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    options = parser.parse_args(arguments)
    try:
        for grant in _grant(options):
            done = ("would be given" if options.dry_run else "given") if grant.is_new else "is there already"
            print(f"{grant.role} on {grant.where}: {done} ({grant.why})")
    except SyncError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _grant(options: argparse.Namespace) -> Iterator[Grant]:
    tokens = AzureTokens(new_azure_credential)
    door = HttpClient(PURVIEW, options.endpoint.rstrip("/"), tokens=tokens)
    yield from GrantRoles(PurviewClient(door), PurviewPolicies(door)).grant(
        options.principal, options.collection, dry_run=options.dry_run, types_on_root=options.types_on_root
    )
    if options.catalog:
        catalog = HttpClient(CATALOG, options.catalog.rstrip("/"), tokens=tokens)
        yield GrantCatalogRole(CatalogPolicies(catalog)).grant(options.principal, dry_run=options.dry_run)


if __name__ == "__main__":
    sys.exit(main())
