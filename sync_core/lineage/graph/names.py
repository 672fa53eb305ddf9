"""Qualified names of what we write: deterministic, so that a second push updates and never adds.

cluedin://{organization}/datasets/{data set id}                 the data set
cluedin://{organization}/datasets/{data set id}/ingest          source asset -> data set
cluedin://{organization}/datasets/{data set id}/map             data set -> clues
cluedin://{organization}/datasets/{data set id}/clues           the clues
cluedin://{organization}/datasets/{data set id}/pipeline        clues -> golden records
cluedin://{organization}/golden-records/{entity type}           one for all data sets of an entity type
{asset's qualified name}#{column}                       a column of any of those
{asset's qualified name}#{head of column}~{hash}        a column whose name is very long, or differs in case only; of
                                                        golden records any with capitals: it must not depend on others
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from sync_core.cluedin.data_set import entity_type_path
from sync_core.purview.graph import EntityRef

DATA_SET = "cluedin_data_set"
CLUES = "cluedin_clues"
GOLDEN_RECORDS = "cluedin_golden_records"
INGEST_PROCESS = "cluedin_ingest_process"
MAP_PROCESS = "cluedin_map_process"
PROCESSING_PIPELINE = "cluedin_processing_pipeline"
COLUMN = "cluedin_column"
INGEST_NAME = "Ingest Data"
MAP_NAME = "Map to Entity"
PIPELINE_NAME = "Processing Pipeline"
LONGEST_COLUMN = 1500
HEAD_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class LineageRefs:
    """References to all that one data set can have. `organization` is its guid, which survives another host name."""

    organization: str
    data_set_id: str

    @property
    def data_set(self) -> EntityRef:
        """The data set's asset."""
        return EntityRef(DATA_SET, self._root)

    @property
    def ingest(self) -> EntityRef:
        """The process from the source asset to the data set."""
        return EntityRef(INGEST_PROCESS, f"{self._root}/ingest")

    @property
    def map(self) -> EntityRef:
        """The process from the data set to its clues."""
        return EntityRef(MAP_PROCESS, f"{self._root}/map")

    @property
    def clues(self) -> EntityRef:
        """The clues' asset."""
        return EntityRef(CLUES, f"{self._root}/clues")

    @property
    def pipeline(self) -> EntityRef:
        """The process from the clues to the golden records."""
        return EntityRef(PROCESSING_PIPELINE, f"{self._root}/pipeline")

    def golden_records(self, entity_type: str) -> EntityRef:
        """The golden records of an entity type such as `/Infrastructure/User`."""
        path = quote(entity_type_path(entity_type), safe="/")
        return EntityRef(GOLDEN_RECORDS, f"{self._golden_records}{path}")

    def entity_type_of(self, qualified_name: str) -> str:
        """The entity type, without slashes at its ends, whose golden records have that name; empty for other assets."""
        head, found, path = qualified_name.partition(self._golden_records)
        return unquote(path) if found and not head else ""

    @property
    def _golden_records(self) -> str:
        return f"cluedin://{self.organization}/golden-records/"

    @property
    def _root(self) -> str:
        return f"cluedin://{self.organization}/datasets/{self.data_set_id.lower()}"


def column_refs(asset: EntityRef, names: Iterable[str]) -> Iterator[tuple[str, EntityRef]]:
    """Yield each distinct column name with its reference.

    Names that differ in nothing but case get distinct qualified names also where those compare without case, whatever
    the order in which they come. Golden records belong to several data sets, none of which knows the others' keys.
    """
    distinct = list(dict.fromkeys(names))
    folded = Counter(name.casefold() for name in distinct)
    is_shared = asset.type_name == GOLDEN_RECORDS
    for name in distinct:
        fold = name.casefold()
        column = _column(name, is_ambiguous=name != fold if is_shared else folded[fold] > 1)
        yield name, EntityRef(COLUMN, f"{asset.qualified_name}#{column}")


def _column(name: str, *, is_ambiguous: bool) -> str:
    quoted = quote(name, safe="")
    if not is_ambiguous and len(quoted) <= LONGEST_COLUMN:
        return quoted
    return f"{quote(name[:HEAD_CHARACTERS], safe='')}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"
