"""How answers look to people: lines of text, whatever desk they come from. `--json` shows the answer itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync_core.answer import LARGEST_PAGE
from sync_core.commands.parts import meant
from sync_core.notifications.texts import approve_command
from sync_core.wording import many

Value = Mapping[str, Any]
Show = Callable[[Value], Iterable["Line"]]
GOOD, BAD, OPEN, FAINT, TITLE = "green", "bold red", "yellow", "dim", "bold"
STYLES = {"PASS": GOOD, "FAIL": BAD, "OPEN": OPEN, "synced": GOOD, "failed": BAD, "rejected": OPEN}
WEIGHTS = {"inTheWay": BAD, "waits": OPEN, "well": GOOD}
ACTS = {"create": GOOD, "adopt": GOOD, "return": GOOD, "keep": FAINT, "reject": BAD, "fail": BAD}
BAR = 40
RUNS_SHOWN = 5
MOST_SHOWN = 50
"""Of the assets of one act; their counts are always whole."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; its `lead` is a word or two in a style of their own."""

    text: str
    style: str = ""
    lead: str = ""


def findings(value: Value) -> Iterator[Line]:
    """Show what the doctor found."""
    for one in value["findings"]:
        yield Line(f" {one['check']}", lead=str(one["verdict"]), style=STYLES.get(str(one["verdict"]), ""))
        yield Line(f"     {one['detail']}", FAINT)


def status(value: Value) -> Iterator[Line]:
    """Show what is synced, what is not, what waits for a person, and what happened lately."""
    toggle = value.get("sync")
    is_on = "on" if toggle and toggle["enabled"] else "off"
    yield Line(f"Sync: {is_on}, keywords {toggle['keywords']}" if toggle else "Sync: no discovery ran yet")
    yield Line(f"Lineage: {'on' if value['lineage']['enabled'] else 'off'}")
    counted = value.get("countedAt")
    yield Line(f"Assets: {_counts(value['counts'])}{f', counted at {moment(counted)}' if counted else ''}")
    yield Line(f"Outstanding lineage: {value['openDeliveries']}")
    yield from _waiting(value)
    yield from _runs("Discoveries", value["runs"])
    yield from _runs("Reconciliations", value["reconciliations"])
    yield from _assets(value["assets"])
    yield from _data_sets(value["dataSets"])


def dead_letters(value: Value) -> Iterator[Line]:
    """Show what was given up, and why."""
    for one in value["deadLetters"]:
        found = f"{one['id']}  {one['causeClass']}  {one['subject']}  {moment(one['lastSeenAt'])}"
        yield Line(found)
        yield Line(f"    {one['cause']}", FAINT)
    if len(value["deadLetters"]) >= LARGEST_PAGE:
        yield Line(f"There may be more: these are the first {LARGEST_PAGE:,}. replay takes all of them.", OPEN)
    if not value["deadLetters"]:
        yield Line("There is no dead letter.", GOOD)


def replayed(value: Value) -> Iterator[Line]:
    """Show how many dead letters are back at work."""
    refused = list(value.get("refused", []))
    for why in refused:
        yield Line(str(why), BAD)
    yield Line(f"{value['done']} of {value['done'] + len(refused)} dead letters are on their queue again")


def closed(letter: str, value: Value) -> Iterator[Line]:
    """Show that a dead letter is closed now, or was before."""
    now = "is closed" if value["done"] else "was closed before"
    yield Line(f"Letter {letter} {now}; `replay --id {letter}` still brings it back")


def approved(number: int, hours: float, value: Value) -> Iterator[Line]:
    """Show what was approved."""
    given = "" if value["done"] else " (approved a moment ago)"
    yield Line(f"Up to {many(number, 'asset')} may be retired within {_hours(hours)}, each once{given}")


def _hours(hours: float) -> str:
    return "an hour" if hours == 1 else f"{hours:g} hours"


def asked_again(value: Value) -> Iterator[Line]:
    """Show how much is looked at again, and what is in the way nevertheless."""
    yield from (Line(str(why), BAD) for why in value.get("refused", ()))
    yield Line(f"{value['done']} asked for again: a worker takes it up within a minute; `status` tells what came of it")


def run(value: Value) -> Iterator[Line]:
    """Show one discovery and its work."""
    record, work = value["run"], value["work"]
    if record:
        yield from _runs("Discovery", [record])
        yield from (Line(f"    {note}", FAINT) for note in record.get("notes", []))
    dead = work["deadLetters"]
    yield Line(f"Work: {work['done']} of {work['begun']} done, {dead} given up", BAD if dead else "")
    if work["left"]:
        yield Line(f"{work['left']} wait for their next attempt, or another worker is at them")


def plan(value: Value) -> Iterator[Line]:
    """Show what a term would do: how many of each, what is left out, the cost, then each asset that would change."""
    yield Line(f"Keywords: {'; '.join(value['keywords']) or value['asked']}")
    yield from (Line(f"  {name}", FAINT) for name in value["terms"])
    yield from _bars(value["counts"])
    for one in value["leftOut"]:
        yield Line(f"Left out: {one['assets']} of type {one['type']}: {one['why']}", FAINT)
    seconds = sum(value["seconds"].values())
    yield Line(f"Requests for these: {_counts(value['requests'])}; about {seconds:.0f} s at the pace of now")
    yield Line("  beside what each run asks for: sign-in, terms, their lists, types met for the first time", FAINT)
    if value["governed"] is not None:
        more = value["wouldBeGoverned"]
        yield Line(f"Governed in the Unified Catalog: {value['governed']} are, {more or 0} more would be")
    yield from (Line(str(note), OPEN) for note in value["notes"])
    yield from _first_of_each_act(value["assets"], _planned)


def differences(value: Value) -> Iterator[Line]:
    """Show what went otherwise than it was planned."""
    yield from _first_of_each_act(value["differences"], _difference)
    as_planned = value["planned"] - len(value["differences"])
    yield Line(f"{as_planned} of {value['planned']} assets went as planned")


def _bars(counts: Mapping[str, int]) -> Iterator[Line]:
    most = max(counts.values(), default=0)
    for name, count in counts.items():
        bar = "\N{FULL BLOCK}" * max(1, round(BAR * count / most)) if count else ""
        yield Line(f"{bar} {count}", lead=f"  {name:<14}", style=TITLE)


def _first_of_each_act(assets: Iterable[Value], look: Show) -> Iterator[Line]:
    """Show some of each act, so that ten thousand of one hide nothing else, and say how many more there are."""
    by_act: dict[str, list[Value]] = {}
    for one in assets:
        by_act.setdefault(str(one["act"]), []).append(one)
    for act, every in by_act.items():
        for one in every[:MOST_SHOWN]:
            yield from look(one)
        if len(every) > MOST_SHOWN:
            more = f" and {len(every) - MOST_SHOWN:,} more; --json has all"
            yield Line(more, lead=act, style=ACTS.get(act, OPEN))


def _planned(one: Value) -> Iterator[Line]:
    clash = ", as another group has its plain name" if one["isClash"] else ""
    group = f" as group '{one['groupName']}'{clash}" if one["groupName"] else ""
    style = ACTS.get(str(one["act"]), OPEN)
    yield Line(f" {one['name']} ({one['qualifiedName']}){group}", lead=str(one["act"]), style=style)
    if one["why"]:
        yield Line(f"    {one['why']}", FAINT)


def _difference(one: Value) -> Iterator[Line]:
    yield Line(f" {one['name']} ({one['qualifiedName']}): {one['found']}", lead=str(one["act"]), style=BAD)


def explanation(value: Value) -> Iterator[Line]:
    """Show what stands in the way of an asset, then all that was found of it."""
    first, several = value["first"], len(value["assets"]) > 1
    if first:
        about = next((one for one in value["assets"] if several and one["guid"] == value.get("about")), None)
        yield from _finding(first, TITLE, f"{_called(about)}: " if about and first == about["first"] else "")
    for asset in value["assets"]:
        yield Line(_called(asset), TITLE)
        for one in asset["findings"]:
            yield from _finding(one, WEIGHTS.get(str(one["weight"]), FAINT))
    for one in value["findings"]:
        if one != first:
            yield from _finding(one, WEIGHTS.get(str(one["weight"]), FAINT))


def is_explained_well(value: Value) -> bool:
    """Whether there is such an asset, and nothing stands in its way; see `meant` for several of one name."""
    return bool(value["assets"]) and all(one["isWell"] for one in meant(value["assets"]))


def _called(asset: Value) -> str:
    return f"{asset['name'] or asset['guid']} ({asset['qualifiedName']}, {asset['type']})"


def _finding(one: Value, style: str, about: str = "") -> Iterator[Line]:
    yield Line(f" {about}{one['what']}", lead=f"{one['weight']} {one['cause']}", style=style)
    for name in ("evidence", "fix"):
        if one.get(name):
            yield Line(f"    {one[name]}", FAINT if name == "evidence" else "")


def bundle(file: str, value: Value) -> Iterator[Line]:
    """Show what a bundle holds, and where it is."""
    rows = {table: len(found) for table, found in value["rows"].items()}
    yield Line(f"{file}: {_counts(rows)} rows, {len(value['exchanges'])} exchanges, about {value['about']}")
    left = [f"{one['leftOut']}{' or more' if one['orMore'] else ''} {one['kind']}" for one in value.get("leftOut", ())]
    if left:
        yield Line(
            f"Left out, as there are too many: {', '.join(left)}. {value.get('howToGetTheRest', '')}".rstrip(), OPEN
        )
    yield Line("Secrets are masked; names of assets and people are in it: look before you pass it on.", OPEN)
    yield Line(f"On a laptop, in a checkout of version {value['version']}: python -m local open {file}", FAINT)


def moment(text: Any) -> str:
    """Return a moment to the minute, as people read it."""
    try:
        return f"{datetime.fromisoformat(str(text)):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return str(text)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _waiting(value: Value) -> Iterator[Line]:
    needed = value.get("approvalNeeded")
    if needed:
        how = approve_command(needed["assets"])
        yield Line(f"Retiring {needed['assets']} of {needed['of']} assets waits for a person: {how}", BAD)
    letters = len(value["deadLetters"])
    if letters:
        yield Line(f"Dead letters: {letters}, see the command dead-letters", BAD)
    for one in value["throttles"]:
        yield Line(f"{one.get('service', 'A service')} asked to be left alone until {moment(one.get('until'))}", OPEN)
    for one in value["deferred"]:
        yield Line(f"Cannot be read: {one['kind']} {one['id']}: {one['reason']}", OPEN)
    for name in ("assetCuration", "unifiedCatalog", "webhookProblem"):
        found = value.get(name, [])
        yield from (Line(str(text), OPEN) for text in ([found] if isinstance(found, str) else found))


def _runs(title: str, runs: Iterable[Value]) -> Iterator[Line]:
    shown = list(runs)[:RUNS_SHOWN]
    if shown:
        yield Line(title, TITLE)
    for one in shown:
        style = {"succeeded": GOOD, "failed": BAD}.get(str(one["outcome"]), OPEN)
        told = f"  {moment(one['startedAt'])}; {_counts(one['counts'])}; requests: {_counts(one['requests'])}"
        yield Line(told, lead=f"  {one['outcome']}", style=style)
        if one.get("error"):
            yield Line(f"    {one['error']}", BAD)


def _assets(page: Value) -> Iterator[Line]:
    if page["items"]:
        yield Line("Assets", TITLE)
    for one in page["items"]:
        place = f", group {one['groupId']}, source {one.get('sourceId', '')}" if one.get("groupId") else ""
        text = f"  {one['name']} ({one['qualifiedName']}){place}"
        yield Line(text, lead=f"  {one['status']}", style=STYLES.get(str(one["status"]), ""))
        yield from (Line(f"    {one[name]}", FAINT) for name in ("reason", "lastError") if one.get(name))
    if page.get("next"):
        yield Line("  There are more: --limit shows more of them, --search and --state fewer.", FAINT)


def _data_sets(page: Value) -> Iterator[Line]:
    if page["items"]:
        yield Line("Data sets", TITLE)
    for one in page["items"]:
        yield Line(f"  {one['name'] or one['dataSetId']}", lead=f"  {one['status']}")
        if one.get("reason"):
            yield Line(f"    {one['reason']}", FAINT)
