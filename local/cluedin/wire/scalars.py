"""The schema's scalars: JSON, and the two ways in which CluedIn writes a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ariadne import ScalarType
from graphql import ValueNode, value_from_ast_untyped


def format_service_time(value: datetime) -> str:
    """Write a micro-service's time, milliseconds without zeros at the end: 13:17:59.115Z, but 10:36:54.56Z.

    Source: the samples in docs/vendors/cluedin.md, 2.3 and 2.8.
    """
    milliseconds = f".{value.microsecond // 1000:03d}".rstrip("0").rstrip(".")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{milliseconds}Z"


def format_dot_net_time(value: datetime) -> str:
    """Write a .NET server's time: 2024-03-04T14:01:27.5765407+00:00."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0+00:00"


def _keep(value: Any) -> Any:
    return value


def _parse_json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
    return value_from_ast_untyped(node, variables)


SCALARS = (
    ScalarType("JSON", serializer=_keep, value_parser=_keep, literal_parser=_parse_json_literal),
    ScalarType("ServiceTime", serializer=format_service_time),
    ScalarType("DotNetTime", serializer=format_dot_net_time),
)
