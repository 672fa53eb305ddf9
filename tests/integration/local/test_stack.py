"""The laptop run: everything starts, is watched, and nothing is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from local.child import ChildError
from local.service import REPOSITORY
from local.stack import StackOptions, run_stack


def test_a_part_that_ends_is_noticed_with_its_log(tmp_path: Path, storage: str) -> None:
    with run_stack(StackOptions(log_dir=tmp_path, timers=False, host="own", storage=storage)) as stack:
        stack.check()
        stack.purview.child.kill()
        with pytest.raises(ChildError, match=r"purview ended with exit code \d+; the end of .*purview.log:"):
            stack.check()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_run_prints_where_everything_is_and_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "run", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "run.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output) as run,
    ):
        urls = _wait_for_urls(log)
        assert requests.get(urls["Health"], timeout=10).status_code == 200
        assert requests.get(urls["Status"], timeout=10).status_code == 200
        assert "Purview ↔ CluedIn sync" in requests.get(urls["Dashboard"], timeout=10).text
        run.send_signal(number)
        code = run.wait(30)
    assert code == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    for name in ("Health", "Purview simulator", "CluedIn simulator"):
        _wait_for_silence(urls[name])


def _wait_for_urls(log: Path) -> dict[str, str]:
    deadline = time.monotonic() + 60
    while "Logs" not in (text := log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    return dict(re.findall(r"^ *(\S.*?) {2,}(http\S+)", text, re.MULTILINE))


def _wait_for_silence(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=1)
        except requests.ReadTimeout:
            continue  # it still has the connection
        except requests.ConnectionError:
            return
        time.sleep(0.1)
    pytest.fail(f"{url} still answers")
