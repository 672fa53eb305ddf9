"""What the public documents leave open about the Unified Catalog, one switch each.

Source: docs/vendors/unified-catalog.md, section 12.
"""

from typing import Literal

from pydantic import Field

from local.simulation import SwitchSet

# With what a policy of an older version is refused; 0 where it is taken.
STALE = {"conflict": 409, "precondition": 412, "ok": 0}


class UnifiedSwitches(SwitchSet):
    """The defaults are the likeliest reading; the README has the table with sources."""

    # The door (sections 1, 7)
    unified_refused_hosts: tuple[str, ...] = ()
    """Host names, without port, that answer 403: the account host is known to refuse a managed identity."""
    unified_api_version_required: bool = False
    unified_forbidden_body: Literal["json", "empty"] = "json"
    """What a caller without any role gets besides the status 403."""
    unified_rate_limits: Literal["off", "retry_after", "no_retry_after"] = "off"
    """Keep to the published requests per sliding window of 20 s; 429 with Retry-After or without."""

    # Lists (section 1)
    unified_next_link: Literal["absent", "url", "token"] = "absent"
    """A page that is not the last: no word of it, a link with `skip`, or a link with a `skipToken`."""
    unified_top_cap: int | None = Field(default=None, ge=1)
    """The most entries on a page, whatever `top` asks for."""
    unified_list_count: bool = False
    """Lists carry an extra `count`."""
    unified_token_page_size: int = Field(default=100, ge=1)
    """Page size of domains and policies, which page by token only."""
    unified_status_case: Literal["upper", "title"] = "upper"
    """How entities write their status."""
    unified_filter_case: Literal["any", "upper", "title"] = "any"
    """How a status in a query must be written to find anything."""
    unified_name_keyword: Literal["substring", "prefix", "exact"] = "substring"

    # Terms and data products (sections 3, 6)
    unified_duplicate_names: Literal["allowed", "refused"] = "allowed"
    """Another term, or data product, of one name in one domain is made all the same, or refused with 409."""
    unified_hidden: Literal["not_found", "forbidden", "readable", "links_empty"] = "not_found"
    """A draft or expired one, by id, for who only reads: 404, 403, shown, or shown with an empty list of links."""
    unified_create_lag_s: float = Field(default=0, ge=0)
    """How long what was just made answers 404, and a new domain has no policy."""
    unified_ghost_s: float = Field(default=0, ge=0)
    """How long what was deleted lingers in lists."""

    # Relationships (section 4)
    unified_link_only_drafts: bool = False
    """A term that is not a draft takes no new links: 400."""
    unified_link_limit: int | None = Field(default=None, ge=1)
    """More links of a term than this are refused: 400."""
    unified_link_again: Literal["ok", "conflict"] = "ok"
    unified_wrong_body: Literal["zero_id", "refused"] = "zero_id"
    """A body whose fields are not at the root: stored with a zero id, or 400."""
    unified_unlink: Literal["query", "path"] = "query"
    """"query": by `?entityId=`; "path": by `/relationships/{entityId}`, and the query is ignored with 204."""
    unified_asset_side_delete: Literal["works", "not_found"] = "works"
    unified_link_before_curation: Literal["not_found", "works"] = "not_found"
    """A link from a term to a data asset while asset curation is not enabled."""

    # Data assets (section 5)
    unified_source_type: Literal["DataMap", "PurviewDataMap", "missing"] = "DataMap"
    unified_asset_attributes: Literal["array", "object"] = "array"
    unified_classifications: bool = False
    """Does a data asset show its classifications? Live it does not."""
    unified_orphans_by_default: bool = True
    """Does a query without `includingOrphans` find assets without links?"""
    unified_deleted_asset: Literal["succeeded", "soft_deleted", "not_found"] = "succeeded"
    """How an asset whose Data Map entity is gone is shown."""

    # Roles (section 7)
    unified_role_lag_s: float = Field(default=0, ge=0)
    """How long a role that a policy gives does not count yet."""
    unified_stale_policy: Literal["conflict", "precondition", "ok"] = "conflict"
    """A policy that is written with an older version: 409, 412, or it is taken."""

    # Asset curation (section 8)
    classic_list_after: Literal["frozen", "empty", "not_found"] = "frozen"
    """`assignedEntities` of a classic term once curation is enabled."""
    classic_terms_after: Literal["listed", "gone"] = "listed"
    """Do glossaries still list classic terms then?"""
    classic_search_after: Literal["none", "found"] = "none"
    """Does the Data Map's search find assets by a classic term then?"""
    classic_write_after: Literal[400, 403, 405, 409] = 403
    """The status of a refused write to a classic term."""
    migrated_id: Literal["new", "same"] = "new"
    migrated_child_name: Literal["short", "formal"] = "short"
    """How the copy of a child term is called: `Child`, or `Parent_Child`."""
    migrated_links_over_limit: Literal["kept", "cut"] = "kept"
    """The links of a classic term beyond 100."""
