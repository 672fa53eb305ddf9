"""A plan as a value: what would become of each asset, and how many of each; parts can be put together."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from sync_core.assets.names import full_group_name

CLASH = "Another group has, or would have, the name '{name}'."


class Act(StrEnum):
    """What would become of an asset."""

    CREATE = "create"  # a group and a source are made
    ADOPT = "adopt"  # a group that stands in CluedIn becomes its own
    RETURN = "return"  # it was retired, and has its group still
    RETIRE = "retire"  # it is marked and announced; its group stays
    REJECT = "reject"  # it lacks a name: a person must mend it in Purview
    WAIT = "wait"  # its group is on the way already
    FAIL = "fail"  # its work was given up: its dead letter must be replayed
    KEEP = "keep"  # it is synced, and stays as it is


class Value(BaseModel):
    """A part of a plan, spelled for programs as JSON is."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Planned(Value):
    """What would become of one asset. `group_name` is what its group is, or would be, called.

    `is_clash` says that another group has its plain name; `group_id` is of a group that stands already.
    """

    act: Act
    guid: str
    key: str = ""
    type: str = ""
    name: str = ""
    qualified_name: str = ""
    group_name: str = ""
    group_id: str = ""
    is_clash: bool = False
    why: str = ""


class LeftOut(Value):
    """How many assets of a type are left out, and why."""

    type: str
    why: str
    assets: int


class Plan(Value):
    """What a term would do, or the part of it that one answer tells.

    `assets` are those for which something would change, or could not. `counts` are by act, and how many are hidden,
    gone from Purview or wait for their type. `requests` are those to each service, `seconds` how long they take at the
    pace of this answer. `governed` are linked with the Unified Catalog's term already, `would_be_governed` would be
    once their classic term is one there; None where the catalog does not tell. `unknown` tells of each keyword that
    names nothing, beside others that name something. `next` is the page token of the following part, None on the last.
    """

    asked: str
    generated_at: str = ""
    keywords: list[str] = Field(default_factory=list)
    terms: list[str] = Field(default_factory=list)
    counts: dict[str, int] = Field(default_factory=dict)
    left_out: list[LeftOut] = Field(default_factory=list)
    assets: list[Planned] = Field(default_factory=list)
    requests: dict[str, int] = Field(default_factory=dict)
    seconds: dict[str, float] = Field(default_factory=dict)
    governed: int | None = None
    would_be_governed: int | None = None
    notes: list[str] = Field(default_factory=list)
    unknown: list[str] = Field(default_factory=list)
    next: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for programs; `from_json` reads it again."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, value: Any) -> "Plan":
        """Read a plan that was saved.

        Raises:
            ValueError: it is none.
        """
        return cls.model_validate(value)


def merged(parts: Iterable[Plan]) -> Plan:
    """Return the parts of one plan as one: what is counted adds up, and no two new groups have one name.

    Raises:
        ValueError: there is none.
    """
    whole: Plan | None = None
    for part in parts:
        whole = part if whole is None else _plus(whole, part)
    if whole is None:
        raise ValueError("a plan has a part at least")
    return whole.model_copy(update={"assets": list(_told_apart(whole.assets))})


def _told_apart(assets: Iterable[Planned]) -> Iterator[Planned]:
    """Yield them, those under their full names that have the plain one of another: its part knew nothing of it."""
    used = set[str]()
    for one in assets:
        if one.act is not Act.CREATE:
            yield one
            continue
        told = _clashing(one) if not one.is_clash and one.group_name.casefold() in used else one
        used.add(told.group_name.casefold())
        yield told


def _clashing(one: Planned) -> Planned:
    why = " ".join(filter(None, (CLASH.format(name=one.group_name), one.why)))
    return one.model_copy(update={"group_name": full_group_name(one), "is_clash": True, "why": why})


def _plus(one: Plan, other: Plan) -> Plan:
    left_out = Counter[tuple[str, str]]()
    for each in (*one.left_out, *other.left_out):
        left_out[each.type, each.why] += each.assets
    seconds = {
        name: one.seconds.get(name, 0.0) + other.seconds.get(name, 0.0) for name in {*one.seconds, *other.seconds}
    }
    return other.model_copy(
        update={
            "generated_at": one.generated_at,
            "counts": dict(Counter(one.counts) + Counter(other.counts)),
            "left_out": [LeftOut(type=name, why=why, assets=count) for (name, why), count in left_out.items()],
            "assets": [*one.assets, *other.assets],
            "requests": dict(Counter(one.requests) + Counter(other.requests)),
            "seconds": {name: round(value, 1) for name, value in sorted(seconds.items())},
            "governed": _sum(one.governed, other.governed),
            "would_be_governed": _sum(one.would_be_governed, other.would_be_governed),
            "notes": list(dict.fromkeys([*one.notes, *other.notes])),
            "unknown": list(dict.fromkeys([*one.unknown, *other.unknown])),
        }
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
