"""Answers `dashboard`: the same facts as `status`, as a page for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.answer import HttpAnswer
from sync_core.errors import RejectedError
from sync_core.operations.dashboard.answer import dashboard_answer, refused_answer
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.view import to_view
from sync_core.operations.status import Status, parse_filter

ROWS_A_PAGE = 25  # what people read at once; `pageSize` says otherwise


@dataclass(frozen=True)
class Dashboard:
    """Shows what the report reads."""

    report: Status

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET dashboard`; it takes the parameters of `status`.

        Raises:
            TransientError, ConfigError, StateError: the state cannot be read.
        """
        try:
            wanted = parse_filter(query, ROWS_A_PAGE)
        except RejectedError as error:
            return refused_answer(query, error)
        facts = self.report.read(wanted)
        sources = self.report.read_sources(facts.data_sets.items)
        return dashboard_answer(to_view(facts, sources, wanted, Links(query)))
