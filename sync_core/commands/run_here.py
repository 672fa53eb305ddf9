"""One discovery and the work that it finds, in the foreground: what the timer and the queue do otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from sync_core.app import App, this_process
from sync_core.commands.desk import JsonObject
from sync_core.jobs.job import TAKEN_UP_WITHIN, Job
from sync_core.jobs.message import AssetMessage
from sync_core.operations.status import camel
from sync_core.runs.run import RunKind, RunRecord

Progress = Callable[[int, int], None]
RUNS_LOOKED_AT = 20


def run_here(tell: Progress) -> JsonObject:
    """Discover, then work off each job once; return the run, and how much `work` there was, how much of it is `left`.

    `tell` hears how many of how many jobs had their turn. What another worker is at, or what waits before its next
    attempt, is left to the running app; jobs that are worked off here leave their messages, which then wake nobody.

    Raises:
        SyncError: the discovery failed; its record says why.
    """
    run_id = _discover()
    sync = this_process().app()
    keys = [job.key for job in _ready(sync)]
    for number, key in enumerate(keys):
        tell(number, len(keys))
        sync.create_data_source_group.handle(AssetMessage.of(key, run_id=run_id).to_json().encode())
    tell(len(keys), len(keys))
    left = {job.key for job in sync.asset_jobs.pending()}
    dead = {letter.id for letter in sync.dead_letters.all()}
    run = _record(sync, run_id)
    work = {
        "begun": len(keys),
        "done": len([key for key in keys if key not in left | dead]),
        "deadLetters": len([key for key in keys if key in dead]),
        "left": len(left),
    }
    return {"run": camel(run) if run else None, "work": work}


def _discover() -> str:
    """Run one discovery under an id that we know; return it."""
    ids: list[str] = []

    def start(sync: App) -> None:
        ids.append(sync.runtime.new_id())
        replace(sync.discover_assets, runtime=replace(sync.runtime, new_id=lambda: ids[-1])).run()

    this_process().run(RunKind.DISCOVER, start)
    return ids[-1]


def _record(sync: App, run_id: str) -> RunRecord | None:
    return next((one for one in sync.runs.latest(RunKind.DISCOVER, RUNS_LOOKED_AT) if one.run_id == run_id), None)


def _ready(sync: App) -> Iterator[Job]:
    """Yield the jobs whose time has come, and that nobody is at."""
    if sync.asset_work.is_on():
        now = sync.runtime.now()
        yield from (job for job in sync.asset_jobs.pending() if _is_ready(job, now))


def _is_ready(job: Job, now: datetime) -> bool:
    return job.due_at - TAKEN_UP_WITHIN <= now and (job.held_until is None or job.held_until <= now)
