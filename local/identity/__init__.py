"""The managed-identity endpoint that App Service and Functions offer, so that the real `azure-identity` code runs.

Set `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` to what `serve_identity` yields (or to what `python -m local.identity`
prints) and `DefaultAzureCredential()` gets its tokens here. `/_simulator/` offers faults, switches and the request log.

Source: learn.microsoft.com, "How to use managed identities for App Service", section "REST endpoint reference".
"""

from local.identity.app import make_identity_app, serve_identity
from local.identity.endpoint import IDENTITY_HEADER_VALUE, IdentityEndpoint, IdentitySwitches
from local.identity.token import SIGNING_KEY

__all__ = [
    "IDENTITY_HEADER_VALUE",
    "SIGNING_KEY",
    "IdentityEndpoint",
    "IdentitySwitches",
    "make_identity_app",
    "serve_identity",
]
