"""The names of all tables and queues. In Azure the template makes them; a test keeps it and this list in agreement."""

from sync_core.domain.job import JobKind
from sync_core.domain.message import QUEUES as QUEUES_OF

ASSETS_TABLE = "syncassets"
GROUPS_TABLE = "syncgroups"
NOTES_TABLE = "syncnotes"
RUNS_TABLE = "syncruns"
DATA_SETS_TABLE = "syncdatasets"
TABLES = (
    ASSETS_TABLE,
    GROUPS_TABLE,
    NOTES_TABLE,
    RUNS_TABLE,
    DATA_SETS_TABLE,
)

ASSET_QUEUE = QUEUES_OF[JobKind.ASSET]
LINEAGE_QUEUE = QUEUES_OF[JobKind.DATA_SET]
POISON_SUFFIX = "-poison"
QUEUES = (ASSET_QUEUE, LINEAGE_QUEUE)
