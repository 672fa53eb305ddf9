"""Answers why an asset is not in CluedIn: reads evidence, stage by stage, and says what it shows. Writes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field

from sync_core.answer import HttpAnswer, json_answer, problem
from sync_core.errors import RejectedError, SyncError, TransientError
from sync_core.logs import get_logger
from sync_core.operations.explain.asked import Asked, parse_asked
from sync_core.operations.explain.evidence import Evidence, Work
from sync_core.operations.explain.find_assets import MAX_ASSETS, FindAssets
from sync_core.operations.explain.findings import Cause, Explained, Explanation, Finding, Weight, merged, told_once
from sync_core.operations.explain.judge import Stage, judge
from sync_core.operations.explain.judge_work import judge_work
from sync_core.operations.explain.look_at_cluedin import LookAtCluedIn
from sync_core.operations.explain.look_at_purview import LookAtPurview, LookAtWork
from sync_core.operations.explain.look_at_state import LookAtState
from sync_core.operations.explain.look_at_tags import LookAtTags
from sync_core.operations.parts import Part, format_token, parse_token

logger = get_logger(__name__)

STAGES = tuple(Stage)
MAX_PARTS = 1000


class Left(BaseModel):
    """Where an explanation goes on: at which stage of the first of these guids.

    `is_tagged` says whether that one was found to be selected, None where nobody looked yet.
    """

    model_config = ConfigDict(frozen=True)

    guids: list[str] = Field(max_length=MAX_ASSETS)
    stage: int = Field(default=0, ge=0, lt=len(STAGES))
    is_tagged: bool | None = None


@dataclass(frozen=True)
class Explain:
    """Explains assets."""

    work: LookAtWork
    find_assets: FindAssets
    purview: LookAtPurview
    tags: LookAtTags
    state: LookAtState
    cluedin: LookAtCluedIn
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]

    def answer(self, query: Mapping[str, str]) -> HttpAnswer:
        """Answer `GET status?explain=...`, with `next` where it goes on; a wrong query gets a problem that names it.

        Raises:
            TransientError: nothing could be found out, as nobody answered.
        """
        try:
            found = self.part(query["explain"], query.get("next", ""))
        except RejectedError as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error), parameter=error.code)
        if found.is_untold:
            raise TransientError(" ".join(f"{one.what} {one.evidence}" for one in found.findings))
        return json_answer({"generatedAt": self.clock().isoformat(), **found.to_json()})

    def whole(self, text: str) -> Explanation:
        """Return the whole explanation, however long it takes."""
        return merged(self._parts(text), text)

    def part(self, text: str, token: str = "") -> Explanation:
        """Return what can be told within some seconds; whatever fails is told as a finding.

        Raises:
            RejectedError: the question, or the page token, cannot be read.
        """
        asked, part = parse_asked(text), Part.begin(self.monotonic)
        left = parse_token(Left, token) if token else None
        try:
            with part.in_time():
                return self._explain(asked, left, part)
        except SyncError as error:
            return Explanation(text, (_untold(str(error)),))
        except Exception as error:
            logger.exception("An asset cannot be explained")
            return Explanation(text, (_untold(f"{type(error).__name__}: look into the log."),))

    def _parts(self, text: str) -> Iterator[Explanation]:
        token = ""
        for _ in range(MAX_PARTS):
            found = self.part(text, token)
            yield found
            token = found.next
            if not token:
                return

    def _explain(self, asked: Asked, left: Left | None, part: Part) -> Explanation:
        work, findings = self.work.look(), list[Finding]()
        if left is None:
            asks = work.asks_purview
            found = self.find_assets.find(asked, lambda: self.tags.keys(work), part.has_time, asks_purview=asks)
            findings, left = found.findings, Left(guids=list(found.guids))
            if not left.guids:
                return Explanation(asked.text, (*judge_work(work, None), *findings))
        explained, left = self._go_on(left, work, part)
        return Explanation(asked.text, tuple(findings), tuple(explained), format_token(left) if left.guids else "")

    def _go_on(self, left: Left, work: Work, part: Part) -> tuple[list[Explained], Left]:
        """Explain asset after asset, as far as there is time, one stage in any case; return what is left."""
        explained: list[Explained] = []
        while left.guids:
            one, after = self._explain_one(left, work, part)
            explained.append(one)
            left = after
            if not part.has_time():
                break
        return explained, left

    def _explain_one(self, left: Left, work: Work, part: Part) -> tuple[Explained, Left]:
        """Look at the first asset, from a stage on. What the stages before it read is read again: nothing is kept."""
        guid, *others = left.guids
        seen = self.purview.look(guid, work)
        evidence = Evidence(self.clock(), work, seen, self.state.look(seen), is_tagged=left.is_tagged)
        findings = list[Finding]()
        for number in range(left.stage, len(STAGES)):
            if number > left.stage and not part.has_time():
                rest = Left(guids=left.guids, stage=number, is_tagged=evidence.is_selected)
                return Explained(guid, seen.asset, told_once(findings), is_whole=False), rest
            evidence = self._read(STAGES[number], evidence, part)
            findings += judge(evidence, STAGES[number])
        return Explained(guid, seen.asset, told_once(findings)), Left(guids=others)

    def _read(self, stage: Stage, evidence: Evidence, part: Part) -> Evidence:
        """Read what a stage needs beyond what is known already."""
        record, work = evidence.record, evidence.work
        match stage:
            case Stage.TAGS if work.keywords and work.asks_purview:
                tags = self.tags.look(evidence.purview, work, part.has_time)
                return replace(evidence, tags=tags)
            case Stage.CLUEDIN if record is not None and work.asks_cluedin:
                return replace(evidence, cluedin=self.cluedin.look(record))
            case Stage.DATA_SETS if record is not None and work.asks_cluedin:
                return replace(evidence, data_sets=self.cluedin.look_at_data_sets(record, part.has_time))
            case _:
                return evidence


def _untold(why: str) -> Finding:
    return Finding(
        Cause.NOT_ANSWERED, Weight.IN_THE_WAY, "Not all of it could be read.", why, "Ask again; see the doctor."
    )
