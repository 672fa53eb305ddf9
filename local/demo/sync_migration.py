"""Last part of the demonstration: the tenant enables asset curation under the running app."""

from collections.abc import Sequence
from dataclasses import replace

from local.demo.cluedin import Group, fetch_groups
from local.demo.stage import Stage
from local.demo.steward import CatalogSteward
from local.stack import TERM, restart_app

DOMAIN = "Finance"


def show_migration(stage: Stage) -> None:
    """Classic terms come back as terms of the Unified Catalog: nobody is lost, and a tag made afterwards arrives."""
    name, _, _ = TERM.partition("@")
    steward, written = CatalogSteward(stage.stack.purview.url), f"{name}@{DOMAIN}"
    before = fetch_groups(stage.stack.cluedin.url)
    stage.report.begin("7. The tenant migrates its terms to the Unified Catalog")
    _enable_curation(stage, steward, before)
    _publish(stage, steward, before, written)
    stage.report.say(f"That is done: SYNC_TERM={written}. The app restarts with it. The next tick:")
    with restart_app(stage.stack, {"SYNC_TERM": written}) as stack:
        migrated = replace(stage, stack=stack)
        migrated.tick()
        _check_nothing_lost(migrated, before, "with the term of the Unified Catalog")
        _tag_one_more(migrated, steward, before, written)


def _enable_curation(stage: Stage, steward: CatalogSteward, before: Sequence[Group]) -> None:
    stage.report.say(
        "'Enable asset curation' was pressed, which cannot be undone: the classic term shows none of its assets, and "
        "its copy is a draft, which the app does not see. The next tick:"
    )
    steward.prepare(DOMAIN)
    steward.curate("staged")
    stage.tick()
    run = stage.read_status()["runs"][0]
    stage.report.say(f"The run says: {' '.join(run['notes'])}")
    _check_nothing_lost(stage, before, "while no term can be read")
    stage.report.check("the app says that it is healthy", holds=stage.is_healthy())
    stage.report.check("the run names the term that is paused", holds=any(TERM in note for note in run["notes"]))


def _publish(stage: Stage, steward: CatalogSteward, before: Sequence[Group], written: str) -> None:
    steward.curate("published", domain=DOMAIN)
    stage.report.say(f"A steward has moved the copy to the domain {DOMAIN} and published it. The next tick:")
    stage.tick()
    _check_nothing_lost(stage, before, "before anybody changed a setting")
    told = [finding["detail"] for finding in stage.examine() if written in finding["detail"]]
    stage.report.say(f"The doctor says: {' '.join(told)}")
    stage.report.check("the doctor names the setting to write", holds=bool(told), detail=written)


def _tag_one_more(stage: Stage, steward: CatalogSteward, before: Sequence[Group], written: str) -> None:
    tagged = {source.name for group in before for source in group.sources}
    asset = next(each for each in stage.purview.search_tables() if each.qualified_name not in tagged)
    steward.link(written, asset.qualified_name)
    stage.report.say(f"A steward links the new term with '{asset.name}'. The next tick:")
    stage.tick()
    stage.drain("groups with a source", len(before) + 1, lambda: len(_with_source(stage)))
    after = fetch_groups(stage.stack.cluedin.url)
    made = [group for group in after if group not in before]
    stage.report.check(
        "the new tag arrives at the next tick",
        holds=[source.name for group in made for source in group.sources] == [asset.qualified_name],
        detail=", ".join(f"group {group.id} '{group.name}'" for group in made) or "no group",
    )
    _check_nothing_lost(stage, [*before, *made], "with the new tag")


def _check_nothing_lost(stage: Stage, before: Sequence[Group], when: str) -> None:
    """The same groups with the same sources, none twice; each asset is synced, and no question waits for a person."""
    status, groups = stage.read_status(), fetch_groups(stage.stack.cluedin.url)
    counts = {state: count for state, count in status["counts"].items() if count}
    names = [source.name for group in groups for source in group.sources]
    stage.report.check(
        f"nobody is retired {when}, and no approval is asked for",
        holds=counts == {"synced": len(before)} and status["approvalNeeded"] is None,
        detail=", ".join(f"{count} {state}" for state, count in counts.items()),
    )
    stage.report.check(
        "no group or source is made again or doubled",
        holds=groups == list(before) and len(set(names)) == len(names),
        detail=f"{len(groups)} groups",
    )


def _with_source(stage: Stage) -> list[Group]:
    return [group for group in fetch_groups(stage.stack.cluedin.url) if group.sources]
