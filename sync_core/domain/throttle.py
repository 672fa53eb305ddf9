"""When a service asked us to slow down."""

from datetime import datetime

from pydantic import BaseModel


class Throttle(BaseModel):
    """The last time a service answered "too many requests", and for how long it asked to be left alone."""

    service: str
    seen_at: datetime
    retry_after_s: float | None = None
