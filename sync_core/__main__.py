"""What a person does by hand: check that all is well, see to dead letters, approve a large retirement.

    python -m sync_core doctor
    python -m sync_core dead-letters
    python -m sync_core replay --all | --cause CLASS | --id ID
    python -m sync_core close --id ID
    python -m sync_core approve-retirement --assets 40 --by "Ada" [--hours 24]

Works on the storage account of the app's own settings, so the same environment variables must be set.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.app import App, app
from sync_core.errors import SyncError
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.safe_text import one_line

LONGEST_HOURS = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 not done, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(app(), options))
    except SyncError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync_core", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("doctor", help="check settings, rights, term and services").set_defaults(command=_examine)
    commands.add_parser("dead-letters", help="list the open dead letters").set_defaults(command=_list_dead_letters)
    replay = commands.add_parser("replay", help="put dead letters back on their queue")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="all of them")
    which.add_argument("--cause", metavar="CLASS", help="those of one cause class, as `dead-letters` shows it")
    which.add_argument("--id", metavar="ID", help="one of them")
    replay.set_defaults(command=_replay)
    close = commands.add_parser("close", help="set a dead letter aside that is not to be replayed")
    close.add_argument("--id", metavar="ID", required=True)
    close.set_defaults(command=_close)
    approve = commands.add_parser("approve-retirement", help="let many assets be retired at once")
    approve.add_argument("--assets", type=_count, required=True, help="at most so many")
    approve.add_argument("--by", required=True, help="who says so")
    approve.add_argument("--hours", type=_hours, default=24, help="for how long this counts (24)")
    approve.set_defaults(command=_approve)
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of assets from 1 on")
    return int(text)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= LONGEST_HOURS:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of hours above 0, up to {LONGEST_HOURS}")
    return hours


def _examine(sync: App, _: argparse.Namespace) -> int:
    findings = list(sync.doctor.examine())
    for finding in findings:
        print(f"{finding.verdict} {finding.check}\n     {one_line(finding.detail)}")
    return 0 if all(finding.is_well for finding in findings) else 1


def _list_dead_letters(sync: App, _: argparse.Namespace) -> int:
    for dead_letter in sync.dead_letters.all():
        last = f"{dead_letter.last_seen_at:%Y-%m-%d %H:%M}"
        found = f"{dead_letter.id}  {dead_letter.cause_class}  {dead_letter.subject}  {last}"
        print(one_line(found))  # a name may hold what a terminal obeys
        print(f"    {one_line(dead_letter.cause)}")
    return 0


def _replay(sync: App, options: argparse.Namespace) -> int:
    wanted = _wanted(sync, options)
    count, refused = sync.dead_letters.replay_each(wanted)
    for why in refused:
        print(why, file=sys.stderr)
    print(f"{count} of {len(wanted)} dead letters are on their queue again")
    return 1 if refused or not wanted else 0


def _wanted(sync: App, options: argparse.Namespace) -> list[DeadLetter]:
    if options.id:
        dead_letter = sync.dead_letters.load(options.id)  # also one that was closed by hand
        return [dead_letter] if dead_letter else []
    return [
        dead_letter
        for dead_letter in sync.dead_letters.all()
        if options.all or options.cause == dead_letter.cause_class
    ]


def _close(sync: App, options: argparse.Namespace) -> int:
    dead_letter = sync.dead_letters.load(options.id)
    if dead_letter is None or dead_letter.set_aside_at:
        print(f"There is no open letter {options.id}.", file=sys.stderr)
        return 1
    sync.dead_letters.set_aside(dead_letter.id)
    print(f"Letter {options.id} is closed; `replay --id {options.id}` still brings it back")
    return 0


def _approve(sync: App, options: argparse.Namespace) -> int:
    now = sync.runtime.now()
    approval = Approval(
        assets=options.assets, by=options.by, given_at=now, expires_at=now + timedelta(hours=options.hours)
    )
    sync.approvals.save(APPROVAL, approval)
    print(f"Up to {approval.assets} assets may be retired until {approval.expires_at:%Y-%m-%d %H:%M} UTC, each once")
    return 0


if __name__ == "__main__":
    sys.exit(main())
