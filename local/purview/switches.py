"""What the public documents leave open about Purview, one switch each.

Source: docs/vendors/purview.md, sections 1 to 9.
"""

from typing import Literal

from pydantic import Field

from local.purview.unified_switches import UnifiedSwitches


class PurviewSwitches(UnifiedSwitches):
    """The defaults are the likeliest reading; the README has the table with sources."""

    # Access (sections 3, 6)
    access: Literal["granted", "unauthorized", "gateway_403", "atlas_403"] = "granted"
    """Refuse every call: 401 with an empty body, or 403 in one of the two shapes."""
    forbidden_shape: Literal["atlas", "gateway"] = "atlas"
    """How a missing role is said."""

    typedef_role: Literal["root", "anywhere"] = "root"
    """Where the Data Curator role for writing type definitions must sit."""

    stale_policy: Literal["ok", "conflict", "precondition"] = "ok"
    """A collection's policy that is written with an older version: it is taken, 409, or 412."""

    # Lists
    unreadable_rows: tuple[str, ...] = ()
    """Names of what lists show as null in its place."""
    search_count: Literal["exact", "more", "less", "page", "absent"] = "exact"
    """`@search.count`: one more than is ever shown, one less, the page's own length, or not there."""

    # Query strings (section 0)
    plus_in_query: Literal["literal", "space"] = "literal"
    """What a `+` in a URL's query is: itself, as reported (wjohnson/pyapacheatlas#286), or a space, as in forms."""

    # Search (section 1)
    index_lag_s: float = Field(default=0, ge=0)
    """How long the search index lags behind the data map, on the simulator's clock."""
    deletions_leave_index_at_once: bool = False
    search_shape: Literal["live", "sample"] = "live"
    """"sample": as Microsoft's examples, without times, objectType and collectionId, and with empties."""
    omit_from_hits: tuple[Literal["entityType", "name", "qualifiedName", "createTime", "updateTime"], ...] = ()
    """What hits lack that are indexed while this is set; a time that is missing is not indexed either."""
    omit_term_guid: bool = False
    omit_count_approximate: bool = False
    last_page_token: Literal["absent", "null", "empty"] = "absent"
    token_after_body_change: Literal["refused", "ignored", "honoured"] = "refused"
    """A continuationToken sent with another body: 400, or start anew, or go on in the first search."""
    token_ttl_s: float | None = Field(default=None, gt=0)
    stable_paging: bool = True
    """False: each page is cut from a fresh search, so that changes between pages shift rows."""
    deep_paging_limit: int | None = Field(default=None, ge=1)
    """Beyond this offset the connection breaks, as reported above 20,000."""
    time_operators: Literal["all", "lt_only"] = "all"
    """Which operators the numeric form of createTime and updateTime takes; Microsoft's sample shows `lt` only."""
    collection_filter_includes_children: bool = False
    glossary_objects_in_search: Literal["terms_and_glossaries", "terms", "none"] = "terms_and_glossaries"

    # Glossary (section 2)
    term_assignment_bumps_update_time: bool = True
    glossary_timeout_terms: int | None = Field(default=None, ge=0)
    """GET glossary without ignoreTermsAndCategories times out above this many terms."""
    term_hierarchy_parameter_required: bool = False
    term_headers: Literal["formal", "short"] = "formal"
    """How a glossary lists a child term: `Parent_Child`, or `Child`."""
    assigned_entities_include_deleted: bool = False
    assigned_entities_page_limit: int | None = Field(default=None, ge=1)
    """The most rows at once, whatever limit is asked for."""
    assigned_entities_order: Literal["stable", "shuffled"] = "stable"
    """"shuffled": in another order at each request; no order is documented."""

    # Entities (section 3)
    deletion: Literal["soft", "hard"] = "soft"
    delete_unknown_guid: Literal["ignored", "not_found"] = "ignored"
    collection_on_create: Literal["honoured", "ignored"] = "honoured"
    """Does `?collectionId=` work for a new entity, or does it land in the root collection?"""
    bulk_entity_limit: int | None = Field(default=None, ge=1)
    bulk_guid_limit: int | None = Field(default=None, ge=1)
    same_batch_references_by_name: bool = False
    """May a batch refer to its own new entities by unique attribute? Apache Atlas: no, only by negative guid."""
    links_touch_both_ends: bool = True
    """Does a new lineage edge count as an update of the asset too, as in Apache Atlas?"""
    referred_entities: Literal["children", "none"] = "children"
    unique_attribute_case: Literal["sensitive", "insensitive"] = "sensitive"
    """How a GET by unique attribute compares."""
    owned_parts: Literal["listed", "unnamed", "absent"] = "listed"
    """How a GET tells the parts that an entity owns, such as columns: with their names, by guid only, or not at all."""
    links: Literal["by_guid", "by_name", "absent"] = "by_guid"
    """How a GET tells the inputs and outputs of a process: by guid, by unique attributes only, or not at all."""
    write_answer: Literal["full", "no_assignments", "empty", "partial", "mixed_up"] = "full"
    """What a write answers: all, no guidAssignments, an empty object, every second entity, or others' guids."""
    dropped_attributes: tuple[str, ...] = ()
    """Attributes that a write silently drops, although the type has them."""
    collection_in_entity: bool = True
    """Does a GET tell the collectionId?"""

    # Type definitions and business metadata (section 4)
    business_metadata_bumps_update_time: bool = True
    """Is setting business metadata an update of the asset?"""
    business_metadata_answer: Literal["nothing", "empty_object"] = "nothing"
    """What a write of business metadata answers: 204, as Microsoft's client expects, or 200 with an empty object."""
    relationship_ends_registered_before: bool = False
    """Must the ends of a relationshipDef be registered by an earlier call?"""

    # Collections (section 7)
    collections_page_size: int = Field(default=100, ge=1)
