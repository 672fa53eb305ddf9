"""The two services, as errors name them to people."""

from sync_core.http.failures import Service
from sync_core.http.pace import PublishedPace

PURVIEW = Service(
    name="purview",
    title="Microsoft Purview",
    url_setting="PURVIEW_ENDPOINT",
    credentials_remedy="Check that PURVIEW_ENDPOINT is the account of the tenant in which the app's identity lives, "
    "and AZURE_CLIENT_ID if that identity is user-assigned.",
    rights_remedy="Give the app's identity the role Data Reader on the root collection (glossary and search) and Data "
    "Curator on the collection of PURVIEW_COLLECTION, in Purview's Data Map; a new role takes some minutes to count.",
    written_as="https://{account}.purview.azure.com or https://{tenant}-api.purview-service.microsoft.com, with no "
    "path such as /catalog, and not the portal's address",
    own_codes="ATLAS-.*",
    # One capacity unit, and ten, which is the most without asking. Source: docs/vendors/purview.md.
    pace=PublishedPace(per_s=25.0, most_per_s=250.0),
)
CLUEDIN = Service(
    name="cluedin",
    title="CluedIn",
    url_setting="CLUEDIN_URL",
    credentials_remedy="Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD, or CLUEDIN_ACCESS_TOKEN (an access token: CluedIn "
    "takes no API token for this), and CLUEDIN_ORGANIZATION.",
    rights_remedy=(
        "Give the service account a CluedIn role with access to Integration > Data Source Groups; for mappings, to "
        "Management > Annotation and Data Catalog; for settings, to Admin > Tenant Management."
    ),
    written_as="the organization's address https://{organization}.{domain}, with no path such as /graphql or /admin",
    own_codes="[A-Z_]+",
)
