"""The table of all operations: method, path, the vendor's operation id, handler.

Source: docs/vendors/purview.md, sections 0 to 7; those of the Unified Catalog are in `unified/routes.py`.
Operation ids as in the REST specification 2023-09-01; they are what the request
log and faults call `operation`. `api-version` is neither required nor checked, as live clients send it everywhere.
"""

from collections.abc import Awaitable, Callable, Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from local.purview.errors import PurviewError, gateway_error
from local.purview.model import Json
from local.purview.simulator import Purview
from local.purview.wire import business_metadata, collections, entities, glossary, lineage, search, typedefs
from local.purview.wire.call import Call, Handler, answer
from local.purview.wire.unified.routes import AnyCaseRoute, unified_rows

_Row = tuple[str, str, str, Handler]

ATLAS: tuple[_Row, ...] = (
    ("POST", "/entity", "Entity_CreateOrUpdate", entities.create_or_update),
    ("GET", "/entity/bulk", "Entity_ListByGuids", entities.list_by_guids),
    ("POST", "/entity/bulk", "Entity_BulkCreateOrUpdate", entities.bulk_create_or_update),
    ("DELETE", "/entity/bulk", "Entity_BulkDelete", entities.bulk_delete),
    ("GET", "/entity/guid/{guid}", "Entity_Get", entities.get_by_guid),
    ("PUT", "/entity/guid/{guid}", "Entity_PartialUpdateAttributeByGuid", entities.update_attribute),
    ("DELETE", "/entity/guid/{guid}", "Entity_Delete", entities.delete_by_guid),
    ("GET", "/entity/guid/{guid}/header", "Entity_GetHeader", entities.get_header),
    (
        "GET",
        "/entity/uniqueAttribute/type/{typeName}",
        "Entity_GetByUniqueAttributes",
        entities.get_by_unique_attribute,
    ),
    (
        "PUT",
        "/entity/uniqueAttribute/type/{typeName}",
        "Entity_PartialUpdateByUniqueAttributes",
        entities.update_by_unique_attribute,
    ),
    (
        "DELETE",
        "/entity/uniqueAttribute/type/{typeName}",
        "Entity_DeleteByUniqueAttribute",
        entities.delete_by_unique_attribute,
    ),
    (
        "GET",
        "/entity/bulk/uniqueAttribute/type/{typeName}",
        "Entity_ListByUniqueAttributes",
        entities.list_by_unique_attributes,
    ),
    (
        "POST",
        "/entity/guid/{guid}/businessmetadata",
        "Entity_AddOrUpdateBusinessMetadata",
        business_metadata.put,
    ),
    ("DELETE", "/entity/guid/{guid}/businessmetadata", "Entity_RemoveBusinessMetadata", business_metadata.remove),
    (
        "POST",
        "/entity/guid/{guid}/businessmetadata/{group}",
        "Entity_AddOrUpdateBusinessMetadataAttributes",
        business_metadata.put_group,
    ),
    (
        "DELETE",
        "/entity/guid/{guid}/businessmetadata/{group}",
        "Entity_RemoveBusinessMetadataAttributes",
        business_metadata.remove_group,
    ),
    ("GET", "/types/typedefs", "Type_List", typedefs.list_all),
    ("POST", "/types/typedefs", "Type_BulkCreate", typedefs.create),
    ("PUT", "/types/typedefs", "Type_BulkUpdate", typedefs.update),
    ("DELETE", "/types/typedefs", "Type_BulkDelete", typedefs.bulk_delete),
    ("GET", "/types/typedefs/headers", "Type_ListHeaders", typedefs.list_headers),
    ("DELETE", "/types/typedef/name/{name}", "Type_Delete", typedefs.delete_by_name),
    ("GET", "/glossary", "Glossary_List", glossary.list_glossaries),
    ("POST", "/glossary", "Glossary_Create", glossary.create_glossary),
    ("POST", "/glossary/term", "Glossary_CreateTerm", glossary.create_term),
    ("POST", "/glossary/terms", "Glossary_CreateTerms", glossary.create_terms),
    ("GET", "/glossary/term/{termId}", "Glossary_GetTerm", glossary.get_term),
    ("PUT", "/glossary/term/{termId}", "Glossary_UpdateTerm", glossary.update_term),
    ("DELETE", "/glossary/term/{termId}", "Glossary_DeleteTerm", glossary.delete_term),
    (
        "GET",
        "/glossary/terms/{termId}/assignedEntities",
        "Glossary_ListEntitiesAssignedWithTerm",
        glossary.list_assigned_entities,
    ),
    ("POST", "/glossary/terms/{termId}/assignedEntities", "Glossary_AssignTermToEntities", glossary.assign),
    (
        "DELETE",
        "/glossary/terms/{termId}/assignedEntities",
        "Glossary_RemoveTermAssignmentFromEntities",
        glossary.unassign,
    ),
    ("GET", "/glossary/{glossaryId}", "Glossary_Get", glossary.get_glossary),
    ("GET", "/glossary/{glossaryId}/detailed", "Glossary_GetDetailed", glossary.get_detailed),
    ("GET", "/glossary/{glossaryId}/terms", "Glossary_ListTerms", glossary.list_terms),
    ("GET", "/glossary/{glossaryId}/terms/headers", "Glossary_ListTermHeaders", glossary.list_term_headers),
    ("GET", "/lineage/{guid}", "Lineage_Get", lineage.get_by_guid),
    (
        "GET",
        "/lineage/uniqueAttribute/type/{typeName}",
        "Lineage_GetByUniqueAttribute",
        lineage.get_by_unique_attribute,
    ),
    ("POST", "/relationship", "Relationship_Create", lineage.create_relationship),
    ("PUT", "/relationship", "Relationship_Update", lineage.update_relationship),
    ("GET", "/relationship/guid/{guid}", "Relationship_Get", lineage.get_relationship),
    ("DELETE", "/relationship/guid/{guid}", "Relationship_Delete", lineage.delete_relationship),
)
"""Under `/datamap/api/atlas/v2`, and for older clients under `/catalog/api/atlas/v2`."""

_DEF_PATHS = {
    "typedef": None,
    "entitydef": "ENTITY",
    "relationshipdef": "RELATIONSHIP",
    "classificationdef": "CLASSIFICATION",
    "enumdef": "ENUM",
    "structdef": "STRUCT",
    "businessmetadatadef": "BUSINESS_METADATA",
}

DATA_MAP: tuple[_Row, ...] = (
    ("POST", "/search/query", "Discovery_Query", search.query),
    ("POST", "/entity/moveTo", "Entity_MoveEntitiesToCollection", entities.move_to_collection),
    ("GET", "/lineage/{guid}/next", "Lineage_GetNextPage", lineage.get_next_page),
)
"""Under `/datamap/api`."""

COLLECTIONS: tuple[_Row, ...] = (
    ("GET", "/collections", "Collections_ListCollections", collections.list_collections),
    ("GET", "/collections/{name}", "Collections_GetCollection", collections.get_collection),
    ("PUT", "/collections/{name}", "Collections_CreateOrUpdateCollection", collections.put_collection),
    ("DELETE", "/collections/{name}", "Collections_DeleteCollection", collections.delete_collection),
    (
        "GET",
        "/collections/{name}/getCollectionPath",
        "Collections_GetCollectionPath",
        collections.get_collection_path,
    ),
    (
        "GET",
        "/collections/{name}/getChildCollectionNames",
        "Collections_ListChildCollectionNames",
        collections.get_child_collection_names,
    ),
)
"""Under `/account`, and without a prefix."""

POLICIES: tuple[_Row, ...] = (
    ("GET", "/policystore/metadataPolicies", "MetadataPolicy_ListAll", collections.list_policies),
    ("GET", "/policystore/metadataPolicies/{policyId}", "MetadataPolicy_Get", collections.get_policy),
    ("PUT", "/policystore/metadataPolicies/{policyId}", "MetadataPolicy_Update", collections.put_policy),
    (
        "GET",
        "/policystore/collections/{name}/metadataPolicy",
        "MetadataPolicy_GetByCollection",
        collections.get_collection_policy,
    ),
)


def _refuse_old_search(_: Call) -> None:
    """Search under the old path is answered 405. Source: docs/vendors/purview.md, section 0 (FLT)."""
    raise PurviewError(405)


def _bulk_in_collection(call: Call) -> Json:
    return entities.upsert_many(call, call.path["name"])


def _move_here(call: Call) -> Json:
    return entities.move(call, call.path["name"])


LEGACY: tuple[_Row, ...] = (
    ("POST", "/search/query", "Legacy_Query", _refuse_old_search),
    ("POST", "/collections/{name}/entity/bulk", "Collection_CreateOrUpdateBulk", _bulk_in_collection),
    ("POST", "/collections/{name}/entity/moveHere", "Collection_MoveEntities", _move_here),
)
"""Under `/catalog/api`. Source: pyapacheatlas `collections/purview.py`."""


def _unknown(call: Call) -> None:
    raise gateway_error(404, "RequestUriNotFound", f"No operation at {call.path['path']}")


def _definition_rows() -> Iterator[_Row]:
    for path, category in _DEF_PATHS.items():
        yield "GET", f"/types/{path}/name/{{name}}", "Type_GetByName", typedefs.by_name(category)
        yield "GET", f"/types/{path}/guid/{{guid}}", "Type_GetByGuid", typedefs.by_guid(category)


def purview_routes(purview: Purview) -> list[BaseRoute]:
    """All routes of an account."""
    atlas = (*ATLAS, *_definition_rows())
    tables = (
        ("/datamap/api/atlas/v2", atlas),
        ("/datamap/api", DATA_MAP),
        ("/account", COLLECTIONS),
        ("", COLLECTIONS),
        ("", POLICIES),
        ("/catalog/api/atlas/v2", atlas),
        ("/catalog/api", LEGACY),
    )
    routes = [_route(purview, prefix, row) for prefix, table in tables for row in table]
    routes += [_route(purview, "", row, AnyCaseRoute) for row in unified_rows()]
    anything = Route("/{path:path}", _endpoint(purview, _unknown), methods=_ALL_METHODS, name="Unknown")
    return [*routes, anything]


_ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def _route(purview: Purview, prefix: str, row: _Row, kind: type[Route] = Route) -> BaseRoute:
    method, path, operation, handler = row
    return kind(prefix + path, _endpoint(purview, handler), methods=[method], name=operation)


def _endpoint(purview: Purview, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return answer(purview, request, body, handler)

    return endpoint
