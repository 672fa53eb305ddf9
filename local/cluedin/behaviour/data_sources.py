"""Data source groups and data sources: create, list, find, delete. Nothing here is idempotent, as in CluedIn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid4, uuid5

from local.cluedin import model
from local.cluedin.behaviour.names import NameSearch, equal_names, fit_name
from local.cluedin.errors import bad_request, conflict, not_found
from local.cluedin.store import Page, Store, cut_page

if TYPE_CHECKING:
    from local.cluedin.switches import CluedInSwitches


def visible_from(store: Store, switches: CluedInSwitches) -> datetime:
    """When something created now will be seen. Source: docs/vendors/cluedin.md, 3.4."""
    return store.now() + timedelta(seconds=switches.read_after_create_lag_s)


def create_data_source_set(
    store: Store,
    switches: CluedInSwitches,
    *,
    name: str | None,
    author_id: str,
) -> model.DataSourceSet:
    """Create a group, even if its name is taken.

    Raises:
        ServiceError: 400 without a name; 409 for a taken name if switched so; 500 for a name that is too long.
        Source: docs/vendors/cluedin.md, 2.4.
    """
    if not name:
        raise bad_request("name is required")
    fitted = fit_name(name, switches)
    existing = (group.name for group in store.data_source_sets.values())
    if switches.duplicate_names == "refuse" and any(equal_names(fitted, other, switches) for other in existing):
        raise conflict("Data source set", fitted)
    group = model.DataSourceSet(
        id=store.take_number("data_source_sets"),
        name=fitted,
        author_id=author_id,
        created_at=store.now(),
        visible_at=visible_from(store, switches),
    )
    store.data_source_sets[group.id] = group
    return group


def create_data_source(
    store: Store,
    switches: CluedInSwitches,
    *,
    data_source_set_id: object,
    name: str | None,
    author_id: str,
    source_type: str = "endpoint",
    sql: dict[str, Any] | None = None,
) -> model.DataSource:
    """Create a source in a group, and the connector configuration that goes with it.

    Raises:
        ServiceError: 404 for an unknown group; 400, 409 and 500 as for a group. Source: docs/vendors/cluedin.md, 2.5.
    """
    group = store.find_data_source_set(data_source_set_id)
    if group is None:
        raise not_found("data source set", data_source_set_id)
    if not name:
        raise bad_request("name is required")
    fitted = fit_name(name, switches)
    siblings = (source for source in store.data_sources.values() if source.data_source_set_id == group.id)
    if switches.duplicate_names == "refuse" and any(equal_names(fitted, other.name, switches) for other in siblings):
        raise conflict("Data source", fitted)
    source = model.DataSource(
        id=store.take_number("data_sources"),
        data_source_set_id=group.id,
        name=fitted,
        type=source_type,
        author_id=author_id,
        created_at=store.now(),
        visible_at=visible_from(store, switches),
        connector_configuration=_configure_connector(store, fitted, source_type, author_id),
        sql=sql,
        file_name=fitted if source_type == "file" else None,
    )
    store.add_data_source(source)
    return source


def _configure_connector(store: Store, name: str, source_type: str, author_id: str) -> model.ConnectorConfiguration:
    """Make the configuration that CluedIn makes; only the endpoint provider's id is published."""
    author = store.users.get(author_id)
    return model.ConnectorConfiguration(
        id=str(uuid4()),
        account_display=name,
        code_name=f"{source_type.capitalize()}DataSource",
        name=name,
        provider_id=_find_provider(source_type),
        user_id=author_id,
        user_name=author.username if author else "",
        created_date=store.now(),
    )


def _find_provider(source_type: str) -> str:
    return model.ENDPOINT_PROVIDER_ID if source_type == "endpoint" else str(uuid5(NAMESPACE_DNS, source_type))


def list_data_source_sets(
    store: Store,
    switches: CluedInSwitches,
    *,
    page: int = 0,
    page_size: int = 10,
    search_name: str = "",
) -> Page[model.DataSourceSet]:
    """List the groups whose name contains `search_name`, page by page from 0. Source: docs/vendors/cluedin.md, 2.3."""
    groups = store.visible_data_source_sets() if switches.shown == "all" else []
    if search_name:
        search = NameSearch(search_name, switches)
        by_source = switches.search_scope == "groups_and_sources"
        groups = [group for group in groups if _is_found(store, search, group, by_source=by_source)]
    return cut_page(_sort(groups, switches), page, page_size)


def _is_found(store: Store, search: NameSearch, group: model.DataSourceSet, *, by_source: bool) -> bool:
    if search.finds(group.name):
        return True
    return by_source and any(search.finds(source.name) for source in store.visible_sources_of(group.id))


def _sort(groups: list[model.DataSourceSet], switches: CluedInSwitches) -> list[model.DataSourceSet]:
    match switches.sort_order:
        case "name":
            return sorted(groups, key=lambda group: (group.name.casefold(), group.id))
        case "newest":
            return groups[::-1]
        case "id":
            return groups


def find_data_source_set_by_name(store: Store, switches: CluedInSwitches, name: str) -> model.DataSourceSet | None:
    """Find the first group of exactly this name. Source: docs/vendors/cluedin.md, 2.3."""
    matching = (group for group in store.visible_data_source_sets() if equal_names(group.name, name, switches))
    return next(matching, None)


def find_visible_data_source(store: Store, given: object) -> model.DataSource | None:
    """Find a source by id; None when there is none or it is not seen yet. Source: docs/vendors/cluedin.md, 2.7."""
    source = store.find_data_source(given)
    return source if source is not None and store.is_visible(source) else None
