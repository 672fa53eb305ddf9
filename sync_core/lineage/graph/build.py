"""CluedIn's facts on a data set become its lineage in Purview. Pure: the same facts give the same lineage.

    source asset --ingest--> data set --map--> clues --processing pipeline--> golden records

A data set that is not mapped gets the part of the chain that exists. Columns run through all of it: the original
fields, and from the clues on the vocabulary keys that they are mapped to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sync_core.cluedin.data_set import DataSet
from sync_core.lineage.graph.column_mapping import ColumnPair, format_column_mapping
from sync_core.lineage.graph.column_pairing import notes_on, pair_names
from sync_core.lineage.graph.names import INGEST_NAME, MAP_NAME, PIPELINE_NAME, LineageRefs, column_refs
from sync_core.lineage.graph.types import COLUMN_RELATIONS, COUNTS
from sync_core.purview.graph import COLUMN_MAPPING, COLUMN_MAPPING_NOTE, EntityRef, Lineage, LineageEntity

NO_COLUMNS = f"{INGEST_NAME}: Purview knows no columns of the source asset, so none is linked to it; scan it."
LARGEST_NAME_BYTES = 4 * 1024  # docs/vendors/purview.md, section 3, size


def to_lineage(data_set: DataSet, source: EntityRef, source_columns: Sequence[str], organization: str) -> Lineage:
    """Return the lineage of a data set that was loaded into the data source of a Purview asset.

    `source_columns` are the asset's columns as Purview spells them, empty where it knows none.
    """
    refs = LineageRefs(organization, data_set.data_set_id)
    data_set = _with_one_spelling(data_set)
    pairs, pairing_notes = _ingested(data_set.columns, source_columns)
    ingest, ingest_notes = _process(refs.ingest, INGEST_NAME, source, refs.data_set, pairs)
    start = (_data_set(refs, data_set), ingest)
    columns = tuple(to_columns(refs.data_set, data_set.columns))
    if not data_set.is_mapped:
        absent = (refs.pipeline, refs.map, refs.clues)
        return Lineage(start, columns, absent, ingest_notes + pairing_notes)
    mapped, map_notes = _mapped_part(refs, data_set)
    keys = vocabulary_keys(data_set)
    golden = refs.golden_records(data_set.entity_type)
    columns += (*to_columns(refs.clues, keys), *to_columns(golden, keys))
    return Lineage((*start, *mapped), columns, (), ingest_notes + map_notes + pairing_notes)


def vocabulary_keys(data_set: DataSet) -> list[str]:
    """Return the keys that a data set's columns are mapped to, each once, in the order of the mapping."""
    return list(fields_by_key(data_set))


def fields_by_key(data_set: DataSet) -> dict[str, list[str]]:
    """Return the columns that are mapped to each key, in the order of the mapping."""
    found: dict[str, list[str]] = {}
    for mapping in data_set.mapped_fields:
        found.setdefault(mapping.key, []).append(mapping.original_field)
    return found


def to_columns(asset: EntityRef, names: Sequence[str]) -> Iterator[LineageEntity]:
    """Yield the columns of an asset of ours."""
    _, back = COLUMN_RELATIONS[asset.type_name]
    for name, ref in column_refs(asset, names):
        yield LineageEntity(ref, _fitting(name), {"dataType": "string"}, relations={back: asset})


def _mapped_part(refs: LineageRefs, data_set: DataSet) -> tuple[tuple[LineageEntity, ...], tuple[str, ...]]:
    golden = refs.golden_records(data_set.entity_type)
    pairs = [(mapping.original_field, mapping.key) for mapping in data_set.mapped_fields]
    mapping, map_notes = _process(refs.map, MAP_NAME, refs.data_set, refs.clues, pairs)
    through = [(key, key) for key in vocabulary_keys(data_set)]
    pipeline, pipeline_notes = _process(refs.pipeline, PIPELINE_NAME, refs.clues, golden, through)
    clues = LineageEntity(
        refs.clues,
        _fitting(f"{data_set.name} clues"),
        {"entityType": data_set.entity_type, "vocabulary": data_set.vocabulary},
    )
    records = LineageEntity(
        golden,
        _fitting(data_set.entity_type_name),
        {"entityType": data_set.entity_type, "description": f"{data_set.entity_type} entities in CluedIn"},
    )
    return (mapping, clues, pipeline, records), map_notes + pipeline_notes


def _data_set(refs: LineageRefs, data_set: DataSet) -> LineageEntity:
    counts = (data_set.counts.total, data_set.counts.successful, data_set.counts.failed)
    known = {name: count for name, count in zip(COUNTS, counts, strict=True) if count is not None}
    return LineageEntity(
        refs.data_set,
        _fitting(data_set.name),
        {"dataSetId": data_set.data_set_id.lower(), "dataSource": data_set.source_name, **known},
    )


def _process(
    ref: EntityRef, name: str, source: EntityRef, sink: EntityRef, columns: Sequence[ColumnPair]
) -> tuple[LineageEntity, tuple[str, ...]]:
    distinct = list(dict.fromkeys(columns))
    text, count = format_column_mapping(source.qualified_name, sink.qualified_name, distinct)
    attributes: dict[str, str | int] = {COLUMN_MAPPING: text, COLUMN_MAPPING_NOTE: ""}
    notes: tuple[str, ...] = ()
    if count < len(distinct):
        note = f"{name}: {count} of {len(distinct)} columns are linked; Purview takes no more in one property."
        attributes[COLUMN_MAPPING_NOTE] = note
        notes = (note,)
    return LineageEntity(ref, name, attributes, inputs=(source,), outputs=(sink,)), notes


def _ingested(fields: Sequence[str], source_columns: Sequence[str]) -> tuple[list[ColumnPair], tuple[str, ...]]:
    """Pair each field with the source's column of that name, as Purview spells it: it draws exact names only."""
    pairing = pair_names(fields, [column for column in source_columns if column.strip()])
    pairs = [(pairing.pairs.get(field, field), field) for field in fields]
    if not any(column.strip() for column in source_columns):  # also where Purview shows columns without their names
        return pairs, (NO_COLUMNS,) if fields else ()
    return pairs, tuple(f"{INGEST_NAME}: {note}" for note in notes_on(pairing, "column of the source asset"))


def _with_one_spelling(data_set: DataSet) -> DataSet:
    """Let the mapping call the columns as the data set does, so that one column is not two."""
    pairing = pair_names([mapping.original_field for mapping in data_set.field_mappings], data_set.original_fields)
    mappings = (
        replace(mapping, original_field=pairing.pairs.get(mapping.original_field, mapping.original_field))
        for mapping in data_set.field_mappings
    )
    return replace(data_set, field_mappings=tuple(mappings))


def _fitting(name: str) -> str:
    """Cut a name to what Purview takes, between characters."""
    return name.encode()[:LARGEST_NAME_BYTES].decode(errors="ignore")
