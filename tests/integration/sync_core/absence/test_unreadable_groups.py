"""A group that CluedIn shows as null is neither shown nor gone."""

import pytest

from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import Estate


@pytest.mark.parametrize("told", [True, False])
def test_a_group_that_nobody_can_read_is_not_made_again(small_estate: Estate, *, told: bool) -> None:
    small_estate.cluedin_fault(CREATE_SOURCE, status=503, times=None)
    small_estate.sync()
    assert small_estate.record_of("Orders").group_id
    small_estate.cluedin.patch_switches({"unreadable": ("Orders",), "unreadable_is_told": told})

    for _ in range(5):
        small_estate.clock.advance(900)
        small_estate.app.reconcile.run()

    assert small_estate.record_of("Orders").gone_at is None
