"""Runs things at the same time."""

import threading
from collections.abc import Callable


def run_at_once(count: int, work: Callable[[int], object]) -> None:
    """Call `work` with 0 to count - 1, each in a thread of its own; raise what one of them raised."""
    barrier = threading.Barrier(count)
    failures: list[BaseException] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as failure:  # noqa: BLE001  # raised again below
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
