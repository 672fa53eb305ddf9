"""What our log records do to the records of others in the same process."""

import logging

from sync_core.logs import protect_logs


def test_a_record_that_others_make_before_they_name_it_is_left_to_them() -> None:
    """`logging.makeLogRecord`, which handlers of other processes and sockets use, asks for one without a name."""
    protect_logs()
    record = logging.makeLogRecord({"name": "someone.else", "msg": "two\nlines"})
    assert record.getMessage() == "two\nlines"
