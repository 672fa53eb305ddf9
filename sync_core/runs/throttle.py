"""When a service asked us to slow down, and for how long all of us leave it alone."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Throttle(BaseModel):
    """A pause that all instances keep. `strikes` counts how often in a row the service asked for one.

    `pause_s` counts from when this was stored, by the storage service's clock; `seen_at` and `until` tell people the
    same by the clock of the instance that was asked. `per_s` is how many requests a second each instance sends once the
    pause is over, where it was their number that the service minded.
    """

    model_config = ConfigDict(frozen=True)

    service: str
    seen_at: datetime
    until: datetime
    pause_s: float = 0.0
    strikes: int = 1
    retry_after_s: float | None = None
    per_s: float | None = None
