"""The `context` parameter of a function."""

import inspect
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from azure.functions import Context

from local.host.worker.indexing import IndexedFunction

thread_local = threading.local()


class InvocationContext(Context):
    """What a function gets when it asks for `context`."""

    def __init__(self, function: IndexedFunction, invocation_id: str) -> None:
        self._function = function
        self._invocation_id = invocation_id

    @property
    def invocation_id(self) -> str:
        """Id of this run."""
        return self._invocation_id

    @property
    def thread_local_storage(self) -> Any:
        """Where threads of the app find the run's id."""
        return thread_local

    @property
    def function_name(self) -> str:
        """Name of the function."""
        return self._function.name

    @property
    def function_directory(self) -> str:
        """Folder of its script."""
        return str(Path(inspect.getfile(self._function.call)).parent)

    @property
    def trace_context(self) -> Any:
        """Nothing traces on a laptop."""
        return SimpleNamespace(trace_parent="", trace_state="", attributes={})

    @property
    def retry_context(self) -> Any:
        """The host ignores retry policies on the triggers that are offered here."""
        return SimpleNamespace(retry_count=0, max_retry_count=0, exception=None)
