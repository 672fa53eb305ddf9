"""Why the data sets of an asset's source have their lineage in Purview, or not yet; pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sync_core.assets.record import AssetRecord
from sync_core.jobs.job import Job, JobState
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.explain.evidence import Data, Evidence
from sync_core.operations.explain.findings import Cause, Finding, Weight


def judge_data_sets(evidence: Evidence) -> Iterator[Finding]:
    """Say of each data set what stands in its way."""
    seen, record = evidence.data_sets, evidence.record
    if seen is None or record is None or not record.source_id:
        return
    if seen.error:
        yield Finding(
            Cause.NOT_ANSWERED, Weight.NOTE, "CluedIn does not tell of its data sets.", seen.error, "Ask again."
        )
    elif not seen.found:
        what = "No data set was loaded into its source yet: that is done in CluedIn, and lineage follows."
        yield Finding(Cause.NO_DATA_SET, Weight.NOTE, what, f"Source {record.source_id} has none.")
    for one in seen.found:
        yield _judge(one, record, evidence)
    if seen.left_out:
        yield Finding(Cause.MORE_DATA_SETS, Weight.NOTE, f"{seen.left_out} more data sets were not looked at.")


def _judge(data: Data, record: AssetRecord, evidence: Evidence) -> Finding:
    told, name = data.record, data.summary.name
    evidence_text = f"Data set {data.summary.data_set_id}."
    if data.job is not None and data.job.state is JobState.DEAD:
        return _dead(data.job, name)
    if not data.summary.annotation_id:
        what = f"The data set '{name}' is not mapped: only what exists of its lineage is shown."
        return Finding(Cause.NOT_MAPPED, Weight.IN_THE_WAY, what, evidence_text, "Map it in CluedIn, then process it.")
    if not data.summary.is_processed:
        what = f"The data set '{name}' is mapped and was not processed yet."
        return Finding(Cause.NOT_PROCESSED, Weight.IN_THE_WAY, what, evidence_text, "Process it in CluedIn.")
    if not evidence.work.is_lineage_on:
        what = f"The data set '{name}' was processed, and lineage is switched off."
        return Finding(Cause.LINEAGE_OFF, Weight.IN_THE_WAY, what, evidence_text, "Set LINEAGE_ENABLED=true.")
    if told is not None and told.status is DataSetStatus.PUSHED and data.job is None:
        what = f"The lineage of the data set '{name}' stands in Purview."
        return Finding(
            Cause.LINEAGE_STANDS,
            Weight.NOTE,
            what,
            f"Written at {told.pushed_at:%Y-%m-%d %H:%M} UTC." if told.pushed_at else "",
        )
    if data.job is None and _is_of_before(data, record):
        what = f"The data set '{name}' was processed before its source was this asset's."
        fix = "None: reconcile looks at it anew within an hour. Sooner: process it again in CluedIn."
        return Finding(Cause.PROCESSED_BEFORE, Weight.WAITS, what, told.reason if told else evidence_text, fix)
    what = f"The data set '{name}' was processed; its lineage is to be written."
    return Finding(Cause.LINEAGE_WAITS, Weight.WAITS, what, _waits_for(data))


def _dead(job: Job, name: str) -> Finding:
    what = f"The lineage of the data set '{name}' was given up: a dead letter of the cause {job.last_error_class}."
    fix = f"Mend what the cause names, then: python -m sync_core replay --id {job.key}"
    return Finding(Cause.LINEAGE_DEAD, Weight.IN_THE_WAY, what, job.last_error, fix)


def _is_of_before(data: Data, record: AssetRecord) -> bool:
    """Whether it was left alone, or last changed, before the source was made or adopted for the asset."""
    since = record.synced_at
    if since is None:
        return False
    told = data.record
    if told is not None and told.status is DataSetStatus.NOT_FROM_PURVIEW:
        return told.left_at is None or told.left_at < since
    changed = _parse(data.summary.updated_at)
    return told is None and changed is not None and changed < since


def _waits_for(data: Data) -> str:
    if data.job is None:
        return "No job yet: reconcile finds it within five minutes."
    return data.job.last_error or f"Its next message is due at {data.job.due_at:%Y-%m-%d %H:%M:%S} UTC."


def _parse(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
