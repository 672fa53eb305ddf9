"""Answers `dashboard`: the same facts as `status`, as a page for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync_core.domain.answer import HttpAnswer
from sync_core.errors import RejectedError
from sync_core.flows.report import Report, parse_filter
from sync_core.pages.answer import dashboard_answer, refused_answer
from sync_core.pages.links import Links
from sync_core.pages.view import to_view

ROWS_A_PAGE = 25  # what people read at once; `pageSize` says otherwise


@dataclass(frozen=True)
class ShowDashboard:
    """Shows what the report reads."""

    report: Report

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
