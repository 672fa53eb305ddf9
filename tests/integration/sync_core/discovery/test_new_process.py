"""What a process that has just started reads from the state does not grow with the estate."""

from local.stack import TERM
from tests.integration.sync_core.seeded import seed_synced
from tests.kit.estate import NewEstate

PAGES = 3  # of a thousand records each; a comparison reads them twice


def test_a_process_that_has_just_started_reads_what_a_type_is_once_and_not_for_each_asset(
    new_small_estate: NewEstate,
) -> None:
    small = new_small_estate()
    small.act("tag", asset="Products", term=TERM)
    few = small.tick().requests["storage"]
    seed_synced(small, 2500)
    small.tick()

    newcomer = new_small_estate()
    newcomer.act("untag", asset="Products", term=TERM)
    many = newcomer.tick().requests["storage"]

    assert many <= few + 2 * PAGES + 10
