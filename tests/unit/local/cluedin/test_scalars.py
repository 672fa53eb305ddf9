from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.cluedin.wire.scalars import format_dot_net_time, format_service_time


@pytest.mark.parametrize(
    ("microsecond", "expected"),
    [
        (115_900, "2024-03-04T13:17:59.115Z"),
        (560_000, "2024-03-04T13:17:59.56Z"),
        (56_000, "2024-03-04T13:17:59.056Z"),
        (0, "2024-03-04T13:17:59Z"),
    ],
)
def test_a_services_time_has_no_zeros_at_the_end(microsecond: int, expected: str) -> None:
    assert format_service_time(datetime(2024, 3, 4, 13, 17, 59, microsecond, tzinfo=UTC)) == expected


def test_a_time_of_the_server_has_seven_digits() -> None:
    at = datetime(2024, 3, 4, 14, 1, 27, 576540, tzinfo=UTC)
    assert format_dot_net_time(at) == "2024-03-04T14:01:27.5765400+00:00"
