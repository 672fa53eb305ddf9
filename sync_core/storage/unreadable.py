"""A row that this version of the app cannot read: another version wrote it, or it is damaged."""

from pydantic import BaseModel, ConfigDict


class Unreadable(BaseModel):
    """The row's key, what is wrong with it, and what it should be, e.g. `asset`, where that is known."""

    model_config = ConfigDict(frozen=True)

    key: str
    reason: str
    kind: str = ""
