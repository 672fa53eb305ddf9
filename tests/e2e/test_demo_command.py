import subprocess
import sys

from local.service import REPOSITORY


def test_the_demonstration_ends_well() -> None:
    command = [sys.executable, "-m", "local", "demo"]

    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=240)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert "there are exactly 18 groups" in done.stdout
