"""The worker's rules for a function's name, parameters and annotations; breaking one leaves the app without functions.

Source: azure-functions-runtime 1.3.0, functions.py (Registry), observed and read.
"""

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.host.worker.bindings import OFFERED, get_converter
from local.host.worker.messages import TRIGGERS, IndexingError

_FUNCTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,127}")
# Newer hosts take an underscore as well, older ones do not.
_BINDING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,127}|\$return")


@dataclass(frozen=True)
class Signature:
    """What a function wants and gives."""

    trigger: Mapping[str, Any]
    trigger_annotation: object
    wants_context: bool
    returns: bool
    return_annotation: type | None


def read_signature(name: str, call: Callable[..., Any], bindings: list[Mapping[str, Any]]) -> Signature:
    """Check a function against its bindings, which are objects as in function.json.

    Raises:
        IndexingError: naming the function and the rule.
    """
    _check_names(name, bindings)
    parameters = inspect.signature(call).parameters
    annotations = _read_annotations(name, call)
    wants_context = "context" in parameters and all(binding["name"] != "context" for binding in bindings)
    _check_parameters(name, set(parameters) - ({"context"} if wants_context else set()), bindings)
    if wants_context:
        _check_context(name, annotations.get("context"))
    trigger = next(binding for binding in bindings if binding["type"] in TRIGGERS)
    _check_trigger_annotation(name, trigger, annotations)
    returns = any(binding["name"] == "$return" for binding in bindings)
    return Signature(
        trigger=trigger,
        trigger_annotation=annotations.get(trigger["name"]),
        wants_context=wants_context,
        returns=returns,
        return_annotation=_check_return(name, annotations) if returns else None,
    )


def _check_names(name: str, bindings: list[Mapping[str, Any]]) -> None:
    if _FUNCTION_NAME.fullmatch(name) is None:
        raise IndexingError(f"{name!r} is no name for a function, expected {_FUNCTION_NAME.pattern}")
    for binding in bindings:
        if binding["type"] not in OFFERED:
            raise IndexingError(f"{name}: the local host does not offer the binding type {binding['type']!r}")
        if _BINDING_NAME.fullmatch(binding["name"]) is None:
            raise IndexingError(f"{name}: {binding['name']!r} is no name for a binding, use letters and digits only")


def _read_annotations(name: str, call: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(call)
    except Exception as error:
        raise IndexingError(f"{name}: its annotations cannot be read: {error!r}") from error


def _check_parameters(name: str, parameters: set[str], bindings: list[Mapping[str, Any]]) -> None:
    bound = {binding["name"] for binding in bindings} - {"$return"}
    if parameters - bound:
        raise IndexingError(f"{name}: the parameters {sorted(parameters - bound)} are declared but not bound")
    if bound - parameters:
        raise IndexingError(f"{name}: the bindings {sorted(bound - parameters)} have no parameter")


def _check_context(name: str, annotation: object) -> None:
    if annotation is not None and getattr(annotation, "__name__", "") != "Context":
        raise IndexingError(f"{name}: the parameter context must be azure.functions.Context, it is {annotation!r}")


def _check_trigger_annotation(name: str, trigger: Mapping[str, Any], annotations: Mapping[str, Any]) -> None:
    if trigger["name"] not in annotations:
        return
    annotation = annotations[trigger["name"]]
    if not isinstance(annotation, type):
        raise IndexingError(f"{name}: the parameter {trigger['name']} has the non-type annotation {annotation!r}")
    is_raw = trigger["type"] == "queueTrigger" and annotation in (str, bytes)
    if not is_raw and not get_converter(trigger["type"]).check_input_type_annotation(annotation):
        raise IndexingError(
            f"{name}: the annotation {annotation.__name__} of {trigger['name']} does not fit {trigger['type']}"
        )


def _check_return(name: str, annotations: Mapping[str, Any]) -> type | None:
    if "return" not in annotations:
        return None
    annotation = annotations["return"]
    if not isinstance(annotation, type):
        raise IndexingError(f"{name}: has the non-type return annotation {annotation!r}")
    if not get_converter("http").check_output_type_annotation(annotation):
        raise IndexingError(f"{name}: the return annotation {annotation.__name__} is neither HttpResponse nor str")
    return annotation
