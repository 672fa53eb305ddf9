"""How the Unified Catalog says no. Source: docs/vendors/unified-catalog.md, section 1."""

from local.purview.errors import PurviewError

NOT_FOUND = "DataCatalogNotFoundError"
INVALID = "DataCatalogInvalidEntity"


def refuse(status: int, code: str, message: str, **headers: str) -> PurviewError:
    """An error with its code in the body and in a header."""
    return PurviewError(status, {"error": {"code": code, "message": message}}, {"x-ms-error-code": code, **headers})


def not_found(what: str, thing_id: str) -> PurviewError:
    """There is no such thing."""
    return refuse(404, NOT_FOUND, f"{what} with id {thing_id} does not exist.")


def invalid(message: str) -> PurviewError:
    """The body or a parameter is not what it must be."""
    return refuse(400, INVALID, message)


def unauthorized(message: str = "Not authorized to access account") -> PurviewError:
    """A role is missing."""
    return refuse(403, "Unauthorized", message)
