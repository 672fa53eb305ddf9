"""What is missing of a lineage is told by one look at each column, however many there are."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync_core.lineage.existing_lineage import judge
from sync_core.lineage.graph.build import to_columns
from sync_core.lineage.graph.names import LineageRefs
from sync_core.purview.graph import Lineage, LineageEntity
from sync_core.purview.lineage_wire import RelatedEntity, StoredEntity

ASSET = LineageRefs("org", "1").data_set
SOURCE = StoredEntity(
    guid="source",
    type_name="azure_sql_table",
    name="Customers",
    qualified_name="mssql://customers",
    collection="",
    columns=(),
    schema_guid="",
    ends=None,
    column_mapping="",
    column_mapping_note="",
    fed_by=(),
)


class Counted(tuple[RelatedEntity, ...]):  # noqa: SLOT001  # it counts
    """Columns that count how often one of them is looked at."""

    looks: list[int]

    def __iter__(self) -> Iterator[RelatedEntity]:
        for column in super().__iter__():
            self.looks[0] += 1
            yield column


def count_looks(columns: int) -> int:
    """Judge an asset that shows half of its columns, and return how many looks that took."""
    names = [f"column {number}" for number in range(columns)]
    lineage = Lineage((LineageEntity(ASSET, "Data"),), tuple(to_columns(ASSET, names)), ())
    shown = Counted(RelatedEntity(name, name) for name in names[::2])
    shown.looks = [0]
    asset = replace(SOURCE, type_name=ASSET.type_name, qualified_name=ASSET.qualified_name, columns=shown)

    found = judge(lineage, SOURCE, {ASSET: asset}, {})

    assert found.missing == tuple(f"column {name} of {ASSET.qualified_name}" for name in names[1::2])
    return shown.looks[0]


@pytest.mark.parametrize("columns", [10, 1000])
def test_each_column_is_looked_at_a_few_times(columns: int) -> None:
    assert count_looks(columns) <= 3 * columns
