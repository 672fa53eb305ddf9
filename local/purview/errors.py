"""How the service says no: the shapes of its error answers and the table of Atlas error codes.

Source: docs/vendors/purview.md, section 3 "Errors"; messages from apache/atlas `AtlasErrorCode.java`.
"""

from typing import Any
from uuid import uuid4

ATLAS_MESSAGES = {
    "400-00-00A": "{0}: Unknown/invalid typename",
    "400-00-00C": "{0}.{1} : can not add mandatory attribute",
    "400-00-00D": "{0}.{1} : attribute delete not supported",
    "400-00-00E": "superType remove not supported",
    "400-00-014": "Type {0} with name {1} does not exist",
    "400-00-019": "{0}: invalid name for {1}. Names must consist of a letter followed by letters, numbers or '_'",
    "400-00-01A": "invalid parameters: {0}",
    "400-00-021": "ObjectId is not valid {0}",
    "400-00-026": "Invalid lineage query parameters passed {0}: {1}",
    "400-00-029": "{0}",
    "400-00-02B": "Mandatory field {0}.{1} has empty/null value",
    "400-00-02C": "relationshipDef {0} creation attempted without 2 ends",
    "400-00-02D": "relationshipDef {0} creation attempted with both ends as containers",
    "400-00-030": "ASSOCIATION relationshipDef {0} creation attempted with an end specifying isContainer",
    "400-00-031": "COMPOSITION relationshipDef {0} creation attempted without an end specifying isContainer",
    "400-00-032": "AGGREGATION relationshipDef {0} creation attempted without an end specifying isContainer",
    "400-00-033": "COMPOSITION relationshipDef {0} can only have one parent; no SET cardinality on children",
    "400-00-034": "relationshipDef {0} cannot have a LIST cardinality on an end",
    "400-00-036": "invalid relationshipDef: {0}: end type 1: {1}, end type 2: {2}",
    "400-00-072": "Mandatory anchor attribute is missing",
    "400-00-078": "Missing mandatory attribute, TermAssignment relationship guid",
    "400-00-07D": "Relationship end is invalid. Expected {0} but is NULL",
    "400-00-080": "Given relationshipGuid({0}) is invalid for term (guid={1}) and entity(guid={2})",
    "400-00-084": "Term (guid={0}) can't be deleted as it has been assigned to {1} entities.",
    "403-00-001": "{0} is not authorized to perform {1}",
    "404-00-001": "Given typename {0} was invalid",
    "404-00-002": "Given type guid {0} was invalid",
    "404-00-005": "Given instance guid {0} is invalid/not found",
    "404-00-007": "Invalid instance creation/updation parameters passed : {0}",
    "404-00-009": "Instance {0} with unique attribute {1} does not exist",
    "404-00-00A": "Referenced entity {0} is not found",
    "404-00-00C": "Given relationship guid {0} is invalid/not found",
    "404-00-011": "Given instance guid {0} is not a dataset",
    "404-00-012": "Given instance guid {0} has been deleted",
    "409-00-001": "Given type {0} already exists in {1} category.",
    "409-00-002": "Given type {0} has references",
    "409-00-004": "relationship {0} already exists between entities {1} and {2}",
    "409-00-007": "Glossary with qualifiedName {0} already exists",
    "409-00-009": "Glossary term with qualifiedName {0} already exists",
}


class PurviewError(Exception):
    """A refusal: an HTTP status and a body. A body of None is an empty one, a string is sent as HTML."""

    def __init__(
        self, status: int, body: dict[str, Any] | str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers or {}


def atlas_error(code: str, *values: object) -> PurviewError:
    """The Atlas shape; `code` is what follows "ATLAS-", its first three digits are the status."""
    return _atlas_shape(int(code[:3]), f"ATLAS-{code}", ATLAS_MESSAGES[code].format(*values))


def hierarchy_error() -> PurviewError:
    """The term hierarchy is on and the request does not say `includeTermHierarchy`. The status is a guess.

    Source: docs/vendors/purview.md, section 2, pyapacheatlas issue 157.
    """
    return _atlas_shape(400, "TermHierarchyQueryParameterMissing", "includeTermHierarchy is required for this glossary")


def gateway_error(status: int, code: str, message: str) -> PurviewError:
    """The shape of the gateway in front of Atlas. Source: docs/vendors/purview.md, section 3, question 5857327."""
    return PurviewError(status, {"error": {"code": code, "message": message}})


def timeout_error() -> PurviewError:
    """The server gave up. Source: docs/vendors/purview.md, section 3, T408; the shape of the body is a guess."""
    return gateway_error(408, "RequestTimeout", "The request timed out. Narrow the request or use paging.")


def url_too_long_error() -> PurviewError:
    """What a web server in front answers; not JSON on purpose.

    Source: docs/vendors/purview.md, section 3, question 5922338.
    """
    return PurviewError(414, "<html><head><title>414 URI Too Long</title></head><body>URI Too Long</body></html>")


def _atlas_shape(status: int, code: str, message: str) -> PurviewError:
    return PurviewError(status, {"requestId": str(uuid4()), "errorCode": code, "errorMessage": message})
