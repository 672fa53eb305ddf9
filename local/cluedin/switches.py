"""One switch per behaviour which CluedIn's public sources leave open; the default is the likeliest reading."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from local.simulation import SwitchSet


class CluedInSwitches(SwitchSet):
    """Switches of the CluedIn simulator. The sections named are those of docs/vendors/cluedin.md."""

    server_version: Literal["4.4.0", "4.0.0"] = "4.4.0"
    """4.0.0 lacks the fields and mutations of `since_4_4.graphql` and has those of `until_4_3.graphql` (2.8, 2.12)."""

    access_token_lifetime_s: int = Field(default=3600, ge=1)
    """1.2 shows 3600."""
    refresh_token_rotation: bool = True
    """A refresh token dies when it is used; off: it stays valid beside the new one (1.2)."""
    token_audience: Literal["list", "string"] = "list"
    """Shape of `aud` in access tokens (1.3)."""
    api_token_on_graphql: bool = False
    """Accept API tokens on /graphql; sources conflict (1.1)."""
    unauthorized_answer: Literal["http_401", "graphql_200"] = "http_401"
    """How /graphql refuses a token: HTTP 401, or HTTP 200 with UNAUTHENTICATED errors beside partial data (3.1)."""
    forbidden_operations: tuple[str, ...] = ()
    """Operations such as `inbound.createDataSourceSet` that the caller's roles do not cover (3.2)."""
    me_client_id_spelling: Literal["id", "Id"] = "id"
    """Spelling of the user's id in `me.client` (2.1)."""
    created_token_is_shown: bool = True
    """createToken answers the token's text; off: it is null and must be read from apiTokens (1.2)."""

    operations_a_request: int | None = Field(default=None, ge=1)
    """How many operations one document may ask for, None for any number; more are refused as a bad document is (3.1).
    Unpublished: servers limit depth, aliases or cost in ways of their own."""
    refused_names: tuple[str, ...] = ()
    """Names that no group and no source may have: creating one answers 400 for that operation alone."""

    read_after_create_lag_s: float = Field(default=1.0, ge=0)
    """How long a created group, source or data set is invisible to lists and look-ups (3.4)."""
    create_data_source_set_answer: Literal["int", "string"] = "int"
    """Type of createDataSourceSet's scalar answer (2.4)."""
    duplicate_names: Literal["allow", "refuse"] = "allow"
    """Refuse a second group, or a second source in a group, of one name with 409 (2.4, 3.2)."""
    name_limit: int = Field(default=255, ge=1)
    """Column size of names, in UTF-16 code units as SQL Server counts them; unpublished."""
    name_too_long: Literal["refuse", "truncate", "store"] = "refuse"
    """What happens to a longer name: an error, silent truncation, or it is stored all the same."""

    shown: Literal["all", "nothing"] = "all"
    """`nothing`: lists come empty with total 0 and look-ups answer null, with status 200, as where a role changed or a
    read model is being rebuilt; what is made is kept all the same (2.3, 2.7, 2.8)."""
    search_case: Literal["insensitive", "sensitive"] = "insensitive"
    """Case rule of searchName and of dataSourceSetByName (2.3)."""
    search_scope: Literal["groups", "groups_and_sources"] = "groups"
    """searchName also finds a group by the name of one of its sources (2.3)."""
    search_wildcards: Literal["literal", "like"] = "literal"
    """`like`: the characters % _ [ ] in searchName mean what they mean in T-SQL's LIKE (2.3)."""
    sort_order: Literal["id", "name", "newest"] = "id"
    """Order of dataSourceSets (2.3)."""
    total: Literal["exact", "more", "less", "page", "absent"] = "exact"
    """`total` of every list: one more than is ever shown, one less, the page's own length, or null (2.3, 2.10)."""
    page_limit: int | None = Field(default=None, ge=1)
    """The most rows a page, whatever pageSize is asked for (2.3)."""
    unreadable: tuple[str, ...] = ()
    """Names of groups and sources that lists show as null: a back end's failure, or a right that is missing (3.2)."""
    unreadable_is_told: bool = True
    """With an error beside the data that has the member's path, as GraphQL demands; off: just null."""
    missing_data_set: Literal["error", "worded", "coded", "null"] = "error"
    """An unknown data set id: errors beside dataSet null, with status 404, with words or a code alone; or just null
    (2.8)."""
    submission_order: Literal["newest", "oldest"] = "newest"
    """Which processing getAnnotationSubmissions shows first (2.10)."""
    submissions: Literal["told", "failing"] = "told"
    """getAnnotationSubmissions fails without a status; no public caller of it was found (2.10)."""

    processing_delay_s: float = Field(default=0.0, ge=0)
    """How long processing takes by the simulator's clock: until then the submission is in progress (2.10)."""
