"""Purview's format for column-level lineage: a string attribute that holds JSON.

    [{"DatasetMapping": {"Source": <qualified name>, "Sink": <qualified name>},
      "ColumnMapping": [{"Source": <column>, "Sink": <column>}, ...]}]

Names compare with case and must be those of the process's inputs and outputs, or Purview draws nothing.
Source: docs/vendors/purview.md, section 5.
"""

import json
from collections.abc import Sequence

from sync_core.json_decoding import decode

LARGEST_PROPERTY_BYTES = 32 * 1024  # docs/vendors/purview.md, section 3, size
ColumnPair = tuple[str, str]


def format_column_mapping(source: str, sink: str, columns: Sequence[ColumnPair]) -> tuple[str, int]:
    """Return the JSON text, and how many of the columns it holds: as many, from the first on, as Purview takes."""
    low, high = 0, len(columns)
    while low < high:
        middle = (low + high + 1) // 2
        if _size_bytes(_format(source, sink, columns[:middle])) <= LARGEST_PROPERTY_BYTES:
            low = middle
        else:
            high = middle - 1
    return _format(source, sink, columns[:low]), low


def sink_columns(text: str) -> set[str] | None:
    """Return the columns that a mapping leads to, or None where it cannot be read."""
    by_sink = columns_by_sink(text)
    return None if by_sink is None else {column for columns in by_sink.values() for column in columns}


def columns_by_sink(text: str) -> dict[str, set[str]] | None:
    """Return the columns that a mapping leads to by the qualified name of their asset, or None as above."""
    try:
        return {
            str(mapping["DatasetMapping"]["Sink"]): {str(pair["Sink"]) for pair in mapping["ColumnMapping"]}
            for mapping in decode(text)
        }
    except (ValueError, TypeError, KeyError):
        return None


def _format(source: str, sink: str, columns: Sequence[ColumnPair]) -> str:
    pairs = [{"Source": column, "Sink": target} for column, target in columns]
    mapping = {"DatasetMapping": {"Source": source, "Sink": sink}, "ColumnMapping": pairs}
    return json.dumps([mapping], ensure_ascii=False, separators=(",", ":"))


def _size_bytes(text: str) -> int:
    return len(text.encode())
