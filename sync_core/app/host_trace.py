"""The trace that the Functions host gives each invocation."""

from contextlib import AbstractContextManager

from sync_core.telemetry.spans import going_on


def trace_of(invocation: object) -> AbstractContextManager[None]:
    """Go on with it in the block, where anybody listens.

    Microsoft's worker makes it current for asynchronous functions only. Source: azure-functions-runtime 1.3,
    handle_event.py and utils/executor.py; the older workers do it for all.
    """
    return going_on(getattr(getattr(invocation, "trace_context", None), "trace_parent", None))
