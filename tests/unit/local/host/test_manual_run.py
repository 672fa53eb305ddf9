"""A run by hand is found in a host's log, as our own host and Core Tools write it."""

from local.host.manual_run import ManualRun, find_run

FIRST, SECOND = "0b5c6ff1-53f6-4a5b-8b1c-1f2f3f4f5f6f", "1c5c6ff1-53f6-4a5b-8b1c-1f2f3f4f5f6f"
AT = "[2026-11-29T10:00:00.000Z]"
TICK = f"{AT} Executing 'Functions.tick' (Reason='Timer fired at 2026-11-29T10:00:00', Id={FIRST})\n"
BY_HAND = (
    f"{AT} Executing 'Functions.tick' (Reason='This function was programmatically called via the host APIs.', "
    f"Id={SECOND})\n"
)
TICKED = f"{AT} Executed 'Functions.tick' (Failed, Id={FIRST}, Duration=1ms)\n"


def ended(how: str, more: str = "") -> str:
    return f"{AT} Executed 'Functions.tick' ({how}, Id={SECOND}, Duration=12ms)\n{more}"


def test_a_run_has_no_end_before_its_own_line() -> None:
    assert find_run("", "tick") is None
    assert find_run(TICK + TICKED, "tick") is None
    assert find_run(TICK + BY_HAND + TICKED, "tick") is None
    assert find_run(BY_HAND + ended("Succeeded"), "tock") is None


def test_a_run_that_succeeded_has_nothing_to_say() -> None:
    assert find_run(TICK + BY_HAND + TICKED + ended("Succeeded"), "tick") == ManualRun(
        SECOND, succeeded=True, result=""
    )


def test_a_run_that_failed_says_why_up_to_the_next_line_of_the_log() -> None:
    why = "Result: Failure\nException: ValueError: no\nStack: here\n"
    found = find_run(BY_HAND + ended("Failed", f"{why}{AT} something else\n"), "tick")
    assert found == ManualRun(SECOND, succeeded=False, result=why.strip())
