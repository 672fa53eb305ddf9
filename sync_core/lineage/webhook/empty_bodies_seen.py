"""Deliveries whose body the Functions host dropped on the way, because their sender did not tell its length."""

from datetime import datetime

from pydantic import BaseModel


class EmptyBodiesSeen(BaseModel):
    """That such deliveries come, since when and until when; `refused` where a signature was required."""

    first_at: datetime
    last_at: datetime
    refused: bool


class EmptyBodiesTold(BaseModel):
    """That people were told, by the `first_at` of what they were told of."""

    first_at: datetime
