"""Reads CluedIn as a snapshot: pages of all groups with their sources and data sets, in one query each.

Source: docs/vendors/cluedin.md, 2.3 and 2.7. That a group's list tells the fields of data sets is likely, since both
queries name the same type, but no public caller asks for it: a server that refuses them is asked for less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from sync_core.cluedin.client import CluedInClient
from sync_core.cluedin.data_sets import parse_data_set
from sync_core.cluedin.lists import ListPage
from sync_core.cluedin.snapshot import DataSetSummary, GroupSeen, SourceSeen
from sync_core.cluedin.wire import GROUPS
from sync_core.errors import RejectedError, TransientError
from sync_core.http.json_reading import integer, member, objects, text
from sync_core.logs import get_logger

logger = get_logger(__name__)

MOST_GROUPS_PER_CALL = 100
FEWEST_GROUPS_PER_CALL = 10  # what CluedIn's own tools ask for


class Detail(StrEnum):
    """How much of the data sets is asked for; also the name of the document that asks it."""

    DATA_SETS = "getAllDataSourceSet.dataSets"
    DATA_SET_IDS = "getAllDataSourceSet.dataSetIds"
    SOURCES = "getAllDataSourceSet"


LESS = {Detail.DATA_SETS: Detail.DATA_SET_IDS, Detail.DATA_SET_IDS: Detail.SOURCES}


class Limits(BaseModel):
    """What this server answers: the most detail and the most groups a call that it did not refuse."""

    model_config = ConfigDict(frozen=True)

    detail: Detail = Detail.DATA_SETS
    groups_per_call: int = MOST_GROUPS_PER_CALL

    def less(self) -> "Limits | None":
        """Return what to ask for after a refusal: fewer fields first, then fewer groups; None where nothing is left."""
        if self.detail in LESS:
            return self.model_copy(update={"detail": LESS[self.detail]})
        if self.groups_per_call > FEWEST_GROUPS_PER_CALL:
            tens = self.groups_per_call // 3 // FEWEST_GROUPS_PER_CALL  # a page of tens can be read in pieces of ten
            fewer = max(tens, 1) * FEWEST_GROUPS_PER_CALL
            return self.model_copy(update={"detail": Detail.DATA_SETS, "groups_per_call": fewer})
        return None


@dataclass(frozen=True)
class CluedInSnapshots:
    """Reads pages of groups. All errors are those of `HttpClient.send`."""

    cluedin: CluedInClient

    def fetch_page(self, page: int, limits: Limits) -> ListPage[GroupSeen]:
        """Return one page of groups, from page 0; a group or source that cannot be read is left out.

        Raises:
            RejectedError: the server does not know a field, or takes no page of that size: ask for less.
            TransientError: it is no page of groups.
        """
        variables = {"page": page, "pageSize": limits.groups_per_call, "searchName": ""}
        data, failed = self.cluedin.query_members("getAllDataSourceSet", variables, GROUPS, document=limits.detail)
        listed = member(data, *GROUPS)
        if not isinstance(listed, list):
            raise TransientError("CluedIn's answer has no inbound.dataSourceSets that can be read.", service="cluedin")
        groups = [
            _parse_group(group, Detail.SOURCES if position in failed else limits.detail)
            for position, group in enumerate(listed)
            if text(group, "id")
        ]
        rows = {group.group_id: group for group in groups}
        return ListPage(integer(data, *GROUPS[:-1], "total"), rows, unreadable=len(listed) - len(groups))

    def fetch_page_within_limits(self, page: int, limits: Limits) -> tuple[ListPage[GroupSeen], Limits]:
        """Return a page and the limits that the server took. Where those are others, pages are counted anew.

        Raises:
            RejectedError: the server refuses even the least.
        """
        while True:
            try:
                return self.fetch_page(page, limits), limits
            except RejectedError as error:
                fewer = limits.less()
                if fewer is None:
                    raise
                logger.warning("CluedIn refuses %s with %s groups a page: %s", *_of(limits), error)
                page, limits = (page if fewer.groups_per_call == limits.groups_per_call else 0), fewer


def _of(limits: Limits) -> tuple[str, int]:
    return limits.detail.value, limits.groups_per_call


def _parse_group(group: Mapping[str, Any], detail: Detail) -> GroupSeen:
    group_id, name = text(group, "id"), text(group, "name")
    sources = tuple(
        SourceSeen(text(source, "id"), text(source, "name"), group_id, name, _parse_data_sets(source, detail))
        for source in objects(group, "dataSources")
        if text(source, "id")
    )
    return GroupSeen(group_id, name, sources)


def _parse_data_sets(source: Mapping[str, Any], detail: Detail) -> tuple[DataSetSummary, ...] | None:
    """Read a source's data sets; None where they have to be asked for, because too little is told of one."""
    found = [one for one in objects(source, "dataSets") if text(one, "id")]
    if detail is Detail.SOURCES:
        return None
    if detail is Detail.DATA_SET_IDS:
        return None if found else ()
    if not all("annotationId" in one for one in found):
        return None
    summaries = [_summarize(one) for one in found]
    is_told = all(summary.counts.total is not None or not summary.annotation_id for summary in summaries)
    return tuple(summaries) if is_told else None


def _summarize(found: Mapping[str, Any]) -> DataSetSummary:
    """Read one data set. One that is mapped and carries no statistics says nothing of its processing here."""
    data_set = parse_data_set(text(found, "id"), found)
    counts = data_set.counts
    if counts.total is None and not data_set.annotation_id:
        counts = replace(counts, total=integer(found, "elasticTotal"))
    return DataSetSummary(
        data_set_id=data_set.data_set_id,
        name=data_set.name,
        annotation_id=data_set.annotation_id,
        counts=counts,
        updated_at=text(found, "updatedAt"),
    )
