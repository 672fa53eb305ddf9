"""First half of the demonstration: tagged assets become data source groups, once each, within a tick."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from local.demo.cluedin import Group, fetch_groups
from local.demo.purview import TaggedAsset
from local.demo.requests_seen import Seen, watch
from local.demo.stage import Stage
from local.stack import TERM

TAGGED_IN_ESTATE = 18
_INDEX_LAG_S = 600
_LONGEST_SOURCE_NAME = 200


def show_first_sync(stage: Stage) -> None:
    """Tagged assets exist; one tick makes a group and a source of each."""
    stage.report.begin("1. Assets tagged in Purview become data source groups in CluedIn")
    stage.purview.delay_search_index(_INDEX_LAG_S)
    assets = stage.purview.fetch_tagged_assets(stage.purview.fetch_term_guid(TERM))
    stage.report.check("the app says that it is healthy", holds=stage.is_healthy())
    stage.report.say(f"A data steward has tagged {len(assets)} assets with '{TERM}'. The next tick of the timer:")
    stage.tick()
    groups = _drain(stage, len(assets))
    _show(stage, assets, groups)
    _check_one_group_each(stage, assets, groups)


def show_idle_tick(stage: Stage) -> None:
    """A second tick finds nothing new: it changes nothing and costs next to nothing."""
    stage.report.begin("2. A second tick changes nothing")
    before = fetch_groups(stage.stack.cluedin.url)
    with watch(stage.stack.purview.url) as purview, watch(stage.stack.cluedin.url) as cluedin:
        stage.tick()
    stage.report.check(
        "the groups and sources are the same as before", holds=fetch_groups(stage.stack.cluedin.url) == before
    )
    pages = _count_pages(purview, TAGGED_IN_ESTATE)
    stage.report.check(
        "it costs one Purview request per page of assignments",
        holds=len(purview.requests) == pages and _are_all_assignments(purview),
        detail=", ".join(purview.paths()) or "no request",
    )
    stage.report.check(
        "CluedIn is not asked at all", holds=not cluedin.requests, detail=", ".join(cluedin.paths()) or "no request"
    )


def show_one_more(stage: Stage) -> None:
    """One more asset is tagged; the search index does not know it yet, the next tick does."""
    stage.report.begin("3. One more asset is tagged")
    term_guid = stage.purview.fetch_term_guid(TERM)
    asset = stage.purview.search_untagged_asset(term_guid)
    stage.purview.tag(term_guid, asset)
    stage.report.say(f"Tagged '{asset.name}'. The search index lags {_INDEX_LAG_S // 60} minutes. The next tick:")
    stage.tick()
    groups = _drain(stage, TAGGED_IN_ESTATE + 1)
    made = [group for group in groups if [source.name for source in group.sources] == [asset.qualified_name]]
    stage.report.check(
        "it has its group although the search index does not know it yet",
        holds=len(made) == 1,
        detail=f"group {made[0].id} '{made[0].name}'" if made else "no such group",
    )
    stage.report.check(f"there are exactly {TAGGED_IN_ESTATE + 1} groups", holds=len(groups) == TAGGED_IN_ESTATE + 1)


def _drain(stage: Stage, expected: int) -> list[Group]:
    url = stage.stack.cluedin.url
    stage.drain("groups with a source", expected, lambda: sum(1 for group in fetch_groups(url) if group.sources))
    return fetch_groups(url)


def _show(stage: Stage, assets: Sequence[TaggedAsset], groups: Sequence[Group]) -> None:
    by_source = _index_by_source(groups)
    rows = []
    for asset in assets:
        group = by_source.get(_expected_source_name(asset))
        source = group.sources[0] if group else None
        made = (group.name, source.name, f"{group.id} / {source.id}") if group and source else ("-", "-", "-")
        rows.append((asset.name, asset.type_name, *made))
    columns = {"Asset": 30, "Type": 26, "Group": 34, "Source": 46, "Ids": 10}
    stage.report.show_table("Now in CluedIn", columns, rows)


def _check_one_group_each(stage: Stage, assets: Sequence[TaggedAsset], groups: Sequence[Group]) -> None:
    report, by_source = stage.report, _index_by_source(groups)
    missing = [asset.qualified_name for asset in assets if _expected_source_name(asset) not in by_source]
    named_otherwise = [
        asset.name
        for asset in assets
        if (group := by_source.get(_expected_source_name(asset))) and not group.name.startswith(asset.name[:100])
    ]
    report.check(f"{TAGGED_IN_ESTATE} assets are tagged", holds=len(assets) == TAGGED_IN_ESTATE, detail=len(assets))
    report.check(
        f"there are exactly {TAGGED_IN_ESTATE} groups", holds=len(groups) == TAGGED_IN_ESTATE, detail=len(groups)
    )
    report.check("every group has exactly one source", holds=all(len(group.sources) == 1 for group in groups))
    report.check("every asset has a source named by its qualified name", holds=not missing, detail=missing or "")
    report.check("every group is named after its asset", holds=not named_otherwise, detail=named_otherwise or "")
    types = {source.type for group in groups for source in group.sources}
    report.check("every source is of type endpoint, ready for data", holds=types == {"endpoint"}, detail=sorted(types))


def _index_by_source(groups: Sequence[Group]) -> Mapping[str, Group]:
    return {_head(source.name): group for group in groups for source in group.sources}


def _expected_source_name(asset: TaggedAsset) -> str:
    return _head(asset.qualified_name)


def _head(name: str) -> str:
    """A long name is kept as a readable head and a hash of the whole; compare the head."""
    return name if len(name) < _LONGEST_SOURCE_NAME else name[: _LONGEST_SOURCE_NAME // 2]


def _are_all_assignments(seen: Seen) -> bool:
    return all(request["path"].endswith("/assignedEntities") for request in seen.requests)


def _count_pages(seen: Seen, assigned: int) -> int:
    """How many pages the assignments take, with the page size that was asked for."""
    limits = [int(parse_qs(request["query"]).get("limit", ["-1"])[0]) for request in seen.requests]
    limit = next((limit for limit in limits if limit > 0), assigned + 1)
    return assigned // limit + 1
