from sync_core.storage.tries import LONGEST_PAUSE_S, TRIES, each_try


def test_before_each_further_try_is_a_random_pause_that_grows_up_to_a_bound() -> None:
    slept: list[float] = []

    assert list(each_try(slept.append, lambda: 0.5)) == list(range(TRIES))

    assert len(slept) == TRIES - 1
    assert slept == sorted(slept)
    assert slept[0] < slept[1] < slept[-1] == LONGEST_PAUSE_S / 2


def test_who_succeeds_at_once_does_not_wait() -> None:
    slept: list[float] = []
    assert next(each_try(slept.append, lambda: 1.0)) == 0
    assert slept == []
