"""Take out each protection once, in a copy of the repository, and see its test fail: `make protections`.

`python -m tests.protections WORD` takes those only whose name holds the word; `--table` runs nothing and prints the
tables of `docs/reliability.md`. Prints what each test caught; ends with 1
when a test passed without its protection, or did not even pass with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.protections.catalog import PROTECTIONS, Protection, format_tables

REPOSITORY = Path(__file__).resolve().parents[2]
AT_ONCE = 2
PASSED, FAILED, TIMED_OUT = 0, 1, -1  # pytest's exit codes, and ours; others mean that no test ran
TIMEOUT_S = 600
TEST_S = 10  # more for each test, where all run in one go
FAILURE = re.compile(r"^(?:FAILED|ERROR) \S+ - (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """How a test went in a copy of the repository."""

    exit_code: int
    caught: str


def main(words: list[str]) -> int:
    """Try the protections that hold one of the words, all without one; return the exit code."""
    if words == ["--table"]:
        print(format_tables())
        return 0
    chosen = [one for one in PROTECTIONS if not words or any(word in one.name for word in words)]
    if not chosen:
        print(f"no protection is called anything like {' or '.join(words)}")
        return 2
    with ThreadPoolExecutor(AT_ONCE) as pool:
        with_all = pool.submit(_try, "", "", lambda source: source, sorted({one.test for one in chosen}))
        results = pool.map(_try_without, chosen)
        bad = [one for one, trial in zip(chosen, results, strict=True) if not _tell(one, trial)]
        if with_all.result().exit_code != PASSED:
            print(f"FAIL with all protections in place the tests do not pass: {with_all.result().caught}")
            return 1
    print(f"{len(chosen) - len(bad)} of {len(chosen)} protections have a test that fails without them")
    return 1 if bad else 0


def _tell(one: Protection, trial: Trial) -> bool:
    is_proved = trial.exit_code == FAILED
    how = f"caught: {trial.caught}" if is_proved else f"NOT PROVED, exit code {trial.exit_code}: {trial.caught}"
    print(f"{'PASS' if is_proved else 'FAIL'} {one.name}\n     {one.test.rpartition('::')[2]}\n     {how}", flush=True)
    return is_proved


def _try_without(one: Protection) -> Trial:
    return _try(one.file, one.name, one.take_out, [one.test])


def _try(file: str, name: str, change: Callable[[str], str], tests: Sequence[str]) -> Trial:
    with tempfile.TemporaryDirectory(prefix="protections-") as folder:
        copy = Path(folder) / "repository"
        _copy_repository(copy)
        if file:
            source = copy / file
            source.write_text(change(source.read_text(encoding="utf-8")), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--basetemp={folder}/pytest",
            *tests,
        ]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "500"}
        limit_s = TIMEOUT_S + TEST_S * len(tests)
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, timeout=limit_s, check=False
            )
        except subprocess.TimeoutExpired:
            return Trial(TIMED_OUT, f"no end after {limit_s} s")
    found = FAILURE.findall(done.stdout)
    return Trial(done.returncode, found[0] if found else (done.stdout + done.stderr)[-500:] or name)


def _copy_repository(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - whichever git there is
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = REPOSITORY / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
    installed = Path("local") / "azurite" / "node_modules"
    (target / installed).symlink_to(REPOSITORY / installed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
