"""How many requests a second each instance sends to each service: for people, and for a plan to reckon with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync_core.catalog.wire import CATALOG
from sync_core.http.services import CLUEDIN, PURVIEW
from sync_core.runs.throttle import Throttle
from sync_core.runs.throttling import learned_per_s

SERVICES = (PURVIEW, CATALOG, CLUEDIN)


@dataclass(frozen=True, slots=True)
class ServicePace:
    """Requests a second, None where nothing is published and no 429 taught any."""

    service: str
    per_s: float | None
    is_learned: bool


def known_paces(throttles: Sequence[Throttle], now: datetime) -> list[ServicePace]:
    """Return the pace of each service: what a 429 taught, as long as that counts, else what is published."""
    by_service = {throttle.service: throttle for throttle in throttles}
    found = []
    for service in SERVICES:
        throttle = by_service.get(service.name)
        age_s = (now - throttle.seen_at).total_seconds() if throttle else 0.0
        learned = learned_per_s(throttle, age_s)
        published = service.pace.per_s if service.pace else None
        found.append(ServicePace(service.name, learned or published, is_learned=learned is not None))
    return found


def pace_to_json(pace: ServicePace) -> dict[str, Any]:
    """Return a pace for `status`."""
    per_s = round(pace.per_s, 1) if pace.per_s else None
    return {"service": pace.service, "requestsPerSecond": per_s, "learned": pace.is_learned}
