"""What can be asked for: each action is one small value, and a body that is none of them is refused by its field."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from sync_core.absence.approval import ApprovalKind
from sync_core.errors import RejectedError
from sync_core.guids import to_guid

LONGEST_HOURS = 1000
HOURS = 24
LARGEST_NUMBER = 10**9
JSON_TYPES: Mapping[type, str] = {str: "text", bool: "a boolean", list: "a list", dict: "an object"}
NUMBERS = ("number", "hours")
LONGEST_NAME = 4096  # as long as the names of Purview that are kept


def _whole_number(value: Any) -> int:
    """Take a number as JSON Schema does: 5.0 is an integer, "5" and true are none."""
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if type(number) is not int or not 1 <= number <= LARGEST_NUMBER:
        raise _unexpected("a whole number from 1 to {most}", value, LARGEST_NUMBER)
    return number


def _hours(value: Any) -> float:
    if type(value) not in {int, float} or not 0 < value <= LONGEST_HOURS:
        raise _unexpected("a number above 0, at most {most}", value, LONGEST_HOURS)
    return float(value)


def _unexpected(expected: str, value: Any, most: int) -> PydanticCustomError:
    found = "another number" if type(value) in {int, float} else JSON_TYPES.get(type(value), "null")
    return PydanticCustomError("number", f"Expected {expected}, found {{found}}", {"most": most, "found": found})


def _only_true(value: Any) -> Any:
    if value is not True:  # to Python, 1 equals it
        raise PydanticCustomError("true", "Expected true")
    return value


def _known_guid(value: str) -> str:
    guid = to_guid(value)
    if not guid:
        raise PydanticCustomError("guid", "Input should be a GUID")
    return guid


Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,100}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_. -]{1,100}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
Guid = Annotated[str, BeforeValidator(lambda value: _known_guid(value) if isinstance(value, str) else value)]


class _Action(BaseModel):
    """What all actions share. A field that none knows is refused: it may be a misspelt one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _has_no_null(cls, members: Any) -> Any:
        empty = [name for name, value in members.items() if value is None and name not in NUMBERS]
        if empty:
            raise PydanticCustomError("null", "Expected a value, found null", {"field": str(empty[0])})
        return members

    @property
    def target(self) -> str:
        """What it names, in the words of the request."""
        named = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"action"})
        return ", ".join(f"{name} {value}" for name, value in named.items())


class Replay(_Action):
    """Put dead letters back on their queue: one, those of a cause class, or all."""

    action: Literal["replay"] = "replay"
    id: Key | None = None
    all: Annotated[Literal[True] | None, BeforeValidator(_only_true)] = None
    cause: Word | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        _check_one(self, "id", "all", "cause")
        return self


class Close(_Action):
    """Set a dead letter aside that is not to be replayed."""

    action: Literal["close"] = "close"
    id: Key


class Approve(_Action):
    """Let so many assets go at once that wait for a person's approval, within some hours."""

    action: Literal["approve"] = "approve"
    kind: ApprovalKind
    number: Annotated[int, BeforeValidator(_whole_number)]
    hours: Annotated[float, BeforeValidator(_hours)] = HOURS


class Resync(_Action):
    """Have an asset's group and source looked at again in CluedIn, or the lineage of a data set pushed again."""

    action: Literal["resync"] = "resync"
    asset: Name | None = None
    data_set: Annotated[Guid | None, Field(alias="dataSet")] = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        _check_one(self, "asset", "data_set")
        return self


Action = Replay | Close | Approve | Resync
ACTIONS: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="action")])
NAMES = ("replay", "close", "approve", "resync")


def to_action(members: Mapping[str, Any]) -> Action:
    """Return the action that the members of a request describe.

    Raises:
        RejectedError: they describe none; `code` is the field that is wrong.
    """
    try:
        return ACTIONS.validate_python(dict(members), by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    field, why = _explain(first)
    raise RejectedError(f"{field}: {why}.", code=field)


def _explain(first: ErrorDetails) -> tuple[str, str]:
    if first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return "action", f"Expected one of {', '.join(NAMES)}"
    own = first.get("ctx", {}).get("field")
    named = [str(part) for part in first["loc"][1:]]
    return str(own or ".".join(named) or "body"), str(first["msg"])


def _check_one(action: _Action, *fields: str) -> None:
    given = [name for name in fields if getattr(action, name) is not None]
    if len(given) == 1:
        return
    names = [type(action).model_fields[name].alias or name for name in fields]
    context = {"names": ", ".join(names), "field": names[fields.index(given[1])] if given else names[0]}
    raise PydanticCustomError("one_of", "Expected exactly one of {names}", context)
