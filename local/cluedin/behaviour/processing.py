"""Processing: the Process button, its log (submissions) and the golden records that come out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.cluedin import model
from local.cluedin.errors import bad_request
from local.cluedin.store import Page, Store, cut_page

if TYPE_CHECKING:
    from local.cluedin.switches import CluedInSwitches


def commit_data_set(
    store: Store,
    switches: CluedInSwitches,
    data_set: model.DataSet,
    *,
    failed: int = 0,
) -> model.Submission:
    """Send a data set's records to the processing pipeline; `failed` of them are refused by it.

    Raises:
        ServiceError: 400 when the data set is not mapped or fewer records came than are to fail.
    """
    if data_set.annotation_id is None:
        raise bad_request(f"data set {data_set.id} has no mapping, create one before processing")
    if not 0 <= failed <= data_set.elastic_total:
        raise bad_request(f"failed must be within 0 and {data_set.elastic_total}, it is {failed}")
    now = store.now()
    submission = model.Submission(
        id=store.take_number("submissions"),
        data_set_id=data_set.id,
        annotation_id=data_set.annotation_id,
        created_at=now,
        finishes_at=now + timedelta(seconds=switches.processing_delay_s),
        total=data_set.elastic_total,
        success=data_set.elastic_total - failed,
        failed=failed,
    )
    store.submissions[submission.id] = submission
    _make_golden_records(store, data_set)
    return submission


def _make_golden_records(store: Store, data_set: model.DataSet) -> None:
    """One record each of the rows that were kept; the same row again updates the same record."""
    annotation = store.annotation(data_set.annotation_id)
    keys = {mapping.original_field: mapping.key for mapping in data_set.field_mappings}
    for number, row in enumerate(store.rows[data_set.id]):
        code = f"{annotation.entity_type}#CluedIn(dataset-{data_set.id}):{number}"
        before = store.golden_records.get(code)
        store.golden_records[code] = model.GoldenRecord(
            id=before.id if before else str(uuid4()),
            name=str(next(iter(row.values()), "")),
            entity_type=annotation.entity_type,
            origin_entity_code=code,
            created_date=before.created_date if before else store.now(),
            properties=_to_properties(row, keys),
        )


def _to_properties(row: dict[str, Any], keys: dict[str, str]) -> dict[str, str]:
    return {
        keys[column]: str(value)
        for column, value in row.items()
        if keys.get(column, model.IGNORED_FIELD) != model.IGNORED_FIELD
    }


def is_finished(store: Store, submission: model.Submission) -> bool:
    """Whether the pipeline is through with it by now."""
    return submission.finishes_at <= store.now()


def status_of(store: Store, submission: model.Submission) -> model.SubmissionStatus:
    """Tell the state of a submission by now."""
    done = is_finished(store, submission)
    return model.SubmissionStatus.FINISHED if done else model.SubmissionStatus.IN_PROGRESS


def submissions_of(store: Store, data_set_id: str) -> list[model.Submission]:
    """A data set's submissions, newest first."""
    guid = data_set_id.upper()
    return [item for item in reversed(store.submissions.values()) if item.data_set_id == guid]


def list_submissions(
    store: Store,
    *,
    annotation_id: int | None,
    data_set_id: str | None,
    page: int,
    page_size: int,
    is_newest_first: bool = True,
) -> Page[model.Submission]:
    """List submissions of a mapping, of a data set or of both. Source: docs/vendors/cluedin.md, 2.10."""
    found = [
        item
        for item in (reversed(store.submissions.values()) if is_newest_first else store.submissions.values())
        if annotation_id in (None, item.annotation_id) and (data_set_id or item.data_set_id).upper() == item.data_set_id
    ]
    return cut_page(found, page, page_size)


def stats_of(store: Store, data_set: model.DataSet) -> model.DataSetStats | None:
    """What the last finished processing did; None before the first. Source: docs/vendors/cluedin.md, 2.8."""
    for item in submissions_of(store, data_set.id):
        if is_finished(store, item):
            return model.DataSetStats(item.total, item.success, item.failed, data_set.file_size)
    return None
