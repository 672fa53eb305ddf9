from collections.abc import Iterator

import pytest

from tests.kit.telemetry import Heard, hearing


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What OpenTelemetry's SDK hears during the test."""
    with hearing() as heard:
        yield heard
