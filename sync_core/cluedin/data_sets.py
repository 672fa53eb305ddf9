"""Reads data sets back from CluedIn: what a delivery only hints at.

Source: docs/vendors/cluedin.md, 2.7 to 2.10. Only the fields that are needed are asked for: an older server refuses a
whole document for one field that it does not know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync_core.cluedin.client import CluedInClient
from sync_core.cluedin.data_set import DataSet, FieldMapping, RecordCounts
from sync_core.cluedin.lists import PAGE_SIZE, ListPage, PagedList
from sync_core.cluedin.missing_data_set import says_missing
from sync_core.cluedin.snapshot import DataSetSummary
from sync_core.cluedin.wire import SUBMISSIONS
from sync_core.errors import NotFoundError, RejectedError, SyncError, TransientError
from sync_core.http.json_reading import integer, member, objects, text, texts
from sync_core.logs import get_logger

logger = get_logger(__name__)

MOST_SUBMISSION_PAGES = 10


@dataclass(frozen=True)
class CluedInDataSets:
    """Reads everything about one data set. All errors are those of `HttpClient.send`."""

    cluedin: CluedInClient

    def fetch(self, data_set_id: str) -> DataSet | None:
        """Return a data set with its mapping and record counts, or None where CluedIn knows none of that id.

        `data_set_id` is a guid in any case. Two calls for a mapped data set, one more where it carries no statistics.
        """
        try:
            data = self.cluedin.query("getDataSetById", {"id": data_set_id.lower()})
        except NotFoundError:
            return None
        except (TransientError, RejectedError) as error:
            if says_missing(str(error)):
                return None
            raise
        inbound = member(data, "inbound")
        if not isinstance(inbound, Mapping) or "dataSet" not in inbound:
            raise TransientError("CluedIn's answer to getDataSetById has no dataSet.", service="cluedin")
        found = inbound["dataSet"]
        if not isinstance(found, Mapping):
            return None
        told = text(found, "id")
        if told and told.lower() != data_set_id.lower():  # it says nothing of the one that was asked for
            raise TransientError(f"CluedIn was asked for data set {data_set_id} and told of {told}.", service="cluedin")
        data_set = parse_data_set(data_set_id, found)
        if data_set.annotation_id:
            data_set = self._with_annotation(data_set)
        return self._counted(data_set, found)

    def fetch_summaries(self, source_id: str) -> Iterator[DataSetSummary]:
        """Yield the data sets of a data source.

        One call, and one more for each mapped data set that carries no statistics: its submissions tell them.

        Raises:
            NotFoundError: CluedIn has no such source any more.
        """
        data = self.cluedin.query("getDataSourceById", {"id": source_id})
        if member(data, "inbound", "dataSource") is None:
            raise NotFoundError(f"CluedIn has no data source {source_id}.", code="source_gone")
        for found in objects(data, "inbound", "dataSource", "dataSets"):
            if not text(found, "id"):
                continue
            data_set = self._counted(parse_data_set(text(found, "id"), found), found)
            yield DataSetSummary(
                data_set_id=data_set.data_set_id,
                name=data_set.name,
                annotation_id=data_set.annotation_id,
                counts=data_set.counts,
                updated_at=text(found, "updatedAt"),
            )

    def fetch_submissions(self, annotation_id: str, data_set_id: str) -> PagedList[Mapping[str, Any]]:
        """Return the processings of a data set in no known order, read on iteration; the first thousand."""

        def fetch(page: int) -> ListPage[Mapping[str, Any]]:
            variables = {"id": annotation_id, "dataSetId": data_set_id, "page": page, "pageSize": PAGE_SIZE}
            return parse_submissions(self.cluedin.query_members("getAllSubmission", variables, SUBMISSIONS)[0])

        return PagedList("submissions", fetch, MOST_SUBMISSION_PAGES)

    def _with_annotation(self, data_set: DataSet) -> DataSet:
        try:
            data = self.cluedin.query("getAnnotationById", {"id": data_set.annotation_id})
        except RejectedError as error:
            logger.warning("CluedIn tells no mapping %s, the data set's own is used: %s", data_set.annotation_id, error)
            return data_set
        annotation = member(data, "preparation", "annotation")
        entity_type = _entity_type(annotation) or data_set.entity_type
        shown = text(annotation, "entityTypeConfiguration", "displayName") or last_segment(entity_type)
        return replace(
            data_set,
            entity_type=entity_type,
            entity_type_name=shown,
            vocabulary=text(annotation, "vocabulary", "vocabularyName"),
        )

    def _counted(self, data_set: DataSet, found: Mapping[str, Any]) -> DataSet:
        """Fill in counts that the data set does not carry: of its last processing, else how many records it holds."""
        if data_set.counts.total is None and data_set.annotation_id:
            data_set = self._with_submission(data_set)
        if data_set.counts.total is None:
            data_set = replace(data_set, counts=replace(data_set.counts, total=integer(found, "elasticTotal")))
        return data_set

    def _with_submission(self, data_set: DataSet) -> DataSet:
        """The counts of the last processing; a server that does not tell them is no reason to show no lineage."""
        try:
            submissions = list(self.fetch_submissions(data_set.annotation_id, data_set.data_set_id))
        except SyncError as error:
            logger.warning("CluedIn tells no record counts of data set %s: %s", data_set.data_set_id, error)
            return data_set
        latest = max(submissions, key=lambda one: text(one, "updatedAt") or text(one, "createdAt"), default={})
        counts = RecordCounts(integer(latest, "total"), integer(latest, "success"), integer(latest, "failed"))
        return replace(data_set, counts=counts)


def parse_data_set(data_set_id: str, found: Mapping[str, Any]) -> DataSet:
    """Read a data set; mapping, columns and counts may all be missing, which is normal for a new one."""
    source = member(found, "dataSource")
    entity_type = _entity_type(member(found, "annotation"))
    stats = member(found, "stats")
    return DataSet(
        data_set_id=data_set_id.lower(),
        name=text(found, "name") or data_set_id.lower(),
        source_id=text(source, "id"),
        source_name=text(source, "name"),
        source_type=text(source, "type"),
        group_id=text(source, "dataSourceSet", "id"),
        group_name=text(source, "dataSourceSet", "name"),
        original_fields=texts(found, "originalFields"),
        annotation_id=text(found, "annotationId"),
        entity_type=entity_type,
        entity_type_name=last_segment(entity_type),
        field_mappings=tuple(
            FieldMapping(text(mapping, "originalField"), text(mapping, "key"))
            for mapping in objects(found, "fieldMappings")
            if text(mapping, "originalField")
        ),
        counts=RecordCounts(integer(stats, "total"), integer(stats, "successful"), integer(stats, "failed")),
    )


def parse_submissions(data: Mapping[str, Any]) -> ListPage[Mapping[str, Any]]:
    """Read a page of processings; an answer without a list is read as an empty one: they tell counts only."""
    rows = member(data, *SUBMISSIONS)
    found = {_submission_id(one): one for one in objects(data, *SUBMISSIONS)}
    unreadable = sum(not isinstance(row, Mapping) for row in rows) if isinstance(rows, list) else 0
    return ListPage(integer(data, *SUBMISSIONS[:-1], "total"), found, unreadable)


def _submission_id(row: Mapping[str, Any]) -> str:
    return text(row, "id") or f"{text(row, 'createdAt')} {text(row, 'updatedAt')}"


def _entity_type(annotation: Any) -> str:
    """The entity type of a mapping; one of slashes alone names nothing, as if there were none."""
    found = text(annotation, "entityType").strip()
    return found if last_segment(found) else ""


def last_segment(entity_type: str) -> str:
    """Return what people call an entity type: `User` for `/Infrastructure/User`."""
    return entity_type.rstrip("/").rpartition("/")[2]
