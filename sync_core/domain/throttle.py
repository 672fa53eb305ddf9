"""When a service asked us to slow down, and until when all of us leave it alone."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Throttle(BaseModel):
    """A pause that all instances keep. `strikes` counts how often in a row the service asked for one."""

    model_config = ConfigDict(frozen=True)

    service: str
    seen_at: datetime
    until: datetime
    strikes: int = 1
    retry_after_s: float | None = None
