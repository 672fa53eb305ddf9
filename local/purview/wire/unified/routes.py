"""The table of the Unified Catalog's operations, as in its specification 2026-03-20-preview.

Paths compare without case: live clients write `dataproducts` where the specification has `dataProducts`.
"""

import re
from typing import Any

from starlette.routing import Route

from local.purview.wire.call import Handler
from local.purview.wire.unified import assets, concepts, domains
from local.purview.wire.unified.concepts import products, terms
from local.purview.wire.unified.door import guard, method_not_allowed, unknown

PREFIX = "/datagovernance/catalog"

UNIFIED: tuple[tuple[str, str, str, Handler], ...] = (
    ("GET", "/businessdomains", "BusinessDomain_Enumerate", domains.list_domains),
    ("POST", "/businessdomains", "BusinessDomain_Create", domains.create_domain),
    ("GET", "/businessdomains/{domainId}", "BusinessDomain_Get", domains.get_domain),
    ("PUT", "/businessdomains/{domainId}", "BusinessDomain_Update", domains.put_domain),
    ("DELETE", "/businessdomains/{domainId}", "BusinessDomain_Delete", domains.delete_domain),
    ("GET", "/terms", "Terms_List", concepts.lister(terms)),
    ("POST", "/terms", "Terms_Create", concepts.creator(terms)),
    ("POST", "/terms/query", "Terms_Query", concepts.querier(terms)),
    ("POST", "/terms/query/count", "Terms_Count", concepts.counter(terms)),
    ("GET", "/terms/{termId}", "Terms_Get", concepts.getter(terms, "termId")),
    ("PUT", "/terms/{termId}", "Terms_Update", concepts.replacer(terms, "termId")),
    ("DELETE", "/terms/{termId}", "Terms_Delete", concepts.deleter(terms, "termId")),
    ("GET", "/terms/{termId}/hierarchies", "Terms_ListHierarchy", concepts.hierarchy),
    ("GET", "/terms/{termId}/relationships", "Terms_ListRelatedEntities", concepts.link_lister(terms, "termId")),
    ("POST", "/terms/{termId}/relationships", "Terms_AddRelatedEntity", concepts.linker(terms, "termId")),
    ("DELETE", "/terms/{termId}/relationships", "Terms_DeleteRelated", concepts.unlinker(terms, "termId")),
    (
        "DELETE",
        "/terms/{termId}/relationships/{entityId}",
        "Terms_DeleteRelatedByPath",
        concepts.path_unlinker(terms, "termId"),
    ),
    ("GET", "/dataProducts", "DataProducts_List", concepts.lister(products)),
    ("POST", "/dataProducts", "DataProducts_Create", concepts.creator(products)),
    ("POST", "/dataProducts/query", "DataProducts_Query", concepts.querier(products)),
    ("POST", "/dataProducts/query/count", "DataProducts_Count", concepts.counter(products)),
    ("GET", "/dataProducts/{productId}", "DataProducts_Get", concepts.getter(products, "productId")),
    ("PUT", "/dataProducts/{productId}", "DataProducts_Update", concepts.replacer(products, "productId")),
    ("DELETE", "/dataProducts/{productId}", "DataProducts_Delete", concepts.deleter(products, "productId")),
    (
        "GET",
        "/dataProducts/{productId}/relationships",
        "DataProducts_ListRelationships",
        concepts.link_lister(products, "productId"),
    ),
    (
        "POST",
        "/dataProducts/{productId}/relationships",
        "DataProducts_CreateRelationship",
        concepts.linker(products, "productId"),
    ),
    (
        "DELETE",
        "/dataProducts/{productId}/relationships",
        "DataProducts_DeleteRelationship",
        concepts.unlinker(products, "productId"),
    ),
    (
        "DELETE",
        "/dataProducts/{productId}/relationships/{entityId}",
        "DataProducts_DeleteRelationshipByPath",
        concepts.path_unlinker(products, "productId"),
    ),
    ("GET", "/dataAssets", "DataAssets_List", assets.list_assets),
    ("POST", "/dataAssets", "DataAssets_Create", assets.create_asset),
    ("POST", "/dataAssets/query", "DataAssets_Query", assets.query_assets),
    ("GET", "/dataAssets/{dataAssetId}", "DataAssets_GetById", assets.get_asset),
    ("GET", "/dataAssets/{dataAssetId}/relationships", "DataAssets_ListRelationships", assets.list_links),
    ("DELETE", "/dataAssets/{dataAssetId}/relationships", "DataAssets_DeleteRelationship", assets.unlink),
    ("GET", "/policies", "Policies_List", domains.list_policies),
    ("PUT", "/policies/{policyId}", "Policies_Update", domains.put_policy),
    ("PATCH", "/{path:path}", "UnifiedCatalog_Patch", method_not_allowed),
)


class AnyCaseRoute(Route):
    """A route whose path compares without case."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.path_regex = re.compile(self.path_regex.pattern, re.IGNORECASE)


def unified_rows() -> list[tuple[str, str, str, Handler]]:
    """All operations behind their guard, and an answer for what does not exist."""
    rows = [(method, PREFIX + path, name, guard(name, handler)) for method, path, name, handler in UNIFIED]
    return [*rows, *((method, f"{PREFIX}/{{path:path}}", "UnifiedCatalog_Unknown", unknown) for method in _METHODS)]


_METHODS = ("GET", "POST", "PUT", "DELETE")
