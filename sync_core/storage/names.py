"""The names of all tables and queues. In Azure the template makes them; a test keeps it and this list in agreement."""

ASSETS_TABLE = "syncassets"
NOTES_TABLE = "syncnotes"
RUNS_TABLE = "syncruns"
DATA_SETS_TABLE = "syncdatasets"
TABLES = (
    ASSETS_TABLE,
    NOTES_TABLE,
    RUNS_TABLE,
    DATA_SETS_TABLE,
)

ASSET_QUEUE = "asset-sync"
LINEAGE_QUEUE = "lineage-sync"
POISON_SUFFIX = "-poison"
QUEUES = (ASSET_QUEUE, LINEAGE_QUEUE)
