"""What runs count. `docs/operations.md` tells people what each of them means; a test keeps both in agreement."""

from enum import StrEnum


class Count(StrEnum):
    """The name of a count in a run's record.

    `LEFT_OUT` and `UNREADABLE` are the beginnings of names: which type and why, and of what kind, follows.
    """

    # What Purview showed
    ASSIGNED = "assigned"
    SEEN = "seen"
    LEFT_OUT = "left out"
    UNKNOWN = "unknown to Purview"
    NO_DATA_MAP_ASSET = "links without an asset of the Data Map"
    AWAITING_TYPE = "waiting for their type"
    HIDDEN = "hidden"
    UNREADABLE = "unreadable"
    DEFERRED = "deferred"

    # What became of it
    NEW = "new"
    CHANGED = "changed"
    RETURNING = "returning"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    QUEUED = "queued"
    EXISTENCE_CHECKED = "existence_checked"
    MISSING = "missing"
    RETIRED = "retired"

    # What CluedIn showed
    SOURCES_ASKED = "sources_asked"
    SOURCES_MISSING = "sources_missing"
    SOURCES_GONE = "sources_gone"
    SOURCES_ELSEWHERE = "sources_elsewhere"
    SOURCES_RECOVERED = "sources_recovered"
    DATA_SETS_ENQUEUED = "data_sets_enqueued"
    DATA_SETS_RELINKED = "data_sets_relinked"

    # What was looked after
    THOROUGH = "thorough"
    POISON_TAKEN = "poison_taken"
    DEAD_LETTERS_REPLAYED = "dead_letters_replayed"
    ANNOUNCED = "announced"
    NOTIFICATIONS_SENT = "notifications_sent"
    RUNS_DROPPED = "runs_dropped"
    ACTIONS_DROPPED = "actions_dropped"
    DATA_SETS_DROPPED = "data_sets_dropped"
    DELIVERIES_DROPPED = "deliveries_dropped"
    LEASES_DROPPED = "leases_dropped"
    INDEX_MENDED = "index_mended"
    STATUS_WRITTEN = "status_written"
    STATUS_GONE = "status_gone"
