"""What a listener does with faults of its own: it tells them and goes on."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage

from local.host.host_json import QueueOptions
from local.host.queues.listener import QueueListener
from local.host.queues.settings import QueueSettings


@dataclass
class Queue:
    """A queue that gives its pages one after the other; an error in their place is raised."""

    pages: list[list[QueueMessage] | Exception]
    queue_name: str = "work"

    def receive_messages(self, **_: Any) -> "Queue":
        return self

    def by_page(self) -> Iterator[list[QueueMessage]]:
        page = self.pages.pop(0) if self.pages else []
        if isinstance(page, Exception):
            raise page
        return iter([page])


@dataclass
class Processor:
    """Fails of a bug at the first message."""

    processed: list[str] = field(default_factory=list)

    def process(self, message: QueueMessage) -> None:
        self.processed.append(message.id)
        if len(self.processed) == 1:
            raise RuntimeError("a bug")


def make_message(name: str) -> QueueMessage:
    message = QueueMessage(content="")
    message.id = name
    return message


def listen(queue: Queue, processor: Processor, count: int) -> list[AzureError]:
    """Listen until so many messages were processed; return what would have ended the host."""
    fatal: list[AzureError] = []
    settings = QueueSettings(QueueOptions(max_polling_interval_s=0.1), 60, 1, fatal.append)
    listener = QueueListener(queue, processor, settings)  # type: ignore[arg-type]
    listener.start()
    deadline = time.monotonic() + 20
    while len(processor.processed) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    listener.stop()
    listener.join(5)
    return fatal


def test_a_bug_at_one_message_is_told_and_the_next_one_is_processed(caplog: pytest.LogCaptureFixture) -> None:
    processor = Processor()

    fatal = listen(Queue([[make_message("1")], [make_message("2")]]), processor, 2)

    assert (processor.processed, fatal) == (["1", "2"], [])
    assert "Message 1 of work could not be processed" in caplog.text
    assert "RuntimeError: a bug" in caplog.text


def test_an_answer_that_cannot_be_read_is_told_and_the_queue_is_looked_at_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    processor = Processor(processed=["an earlier one"])

    fatal = listen(Queue([ValueError("no XML"), [make_message("2")]]), processor, 2)

    assert (processor.processed, fatal) == (["an earlier one", "2"], [])
    assert "What stands in work cannot be received" in caplog.text
