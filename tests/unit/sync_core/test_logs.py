"""What our log records do to the records of others in the same process."""

import logging
from collections.abc import Iterator

import pytest

from sync_core.logs import protect_logs


@pytest.fixture
def protected() -> Iterator[None]:
    """Our records are made, as in the app, until the test is over."""
    factory = logging.getLogRecordFactory()
    protect_logs()
    yield
    logging.setLogRecordFactory(factory)


@pytest.mark.usefixtures("protected")
def test_a_record_that_others_make_before_they_name_it_is_left_to_them() -> None:
    """`logging.makeLogRecord`, which handlers of other processes and sockets use, asks for one without a name."""
    record = logging.makeLogRecord({"name": "someone.else", "msg": "two\nlines"})
    assert record.getMessage() == "two\nlines"
