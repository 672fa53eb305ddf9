"""Names that the estate is made of: accounts, collections, and asset names that have broken software before."""

LAKE = "https://contosolake.dfs.core.windows.net"
SQL = "mssql://contoso-sql.database.windows.net"
WORKSPACE = "5f3c2a7e-9d41-4b0f-8a63-2c7b1e90d4aa"
LAKEHOUSE = "b1de7c55-0f7a-4f0e-9a43-6e1f7d2c8b19"
FABRIC = f"https://app.fabric.microsoft.com/groups/{WORKSPACE}"
POWER_BI = f"https://app.powerbi.com/groups/{WORKSPACE}"

SYNC_TERM = "Sync to CluedIn"
GLOSSARY_NAME = "Glossary"
SECOND_GLOSSARY_NAME = "Business Terms"

COLLECTIONS = (
    ("slsq1x", "Sales", None),
    ("slraw7", "Raw", "slsq1x"),
    ("fingr4", "Finance", None),
    ("firaw2", "Raw", "fingr4"),
    ("mktzz7", "Marketing", None),
    ("mdmh3k", "MDM", None),
    ("clu3dn", "CluedIn", "mdmh3k"),
)
"""Internal name, friendly name, parent (None: the root). Friendly names are not unique: there are two called Raw."""

LONG_NAME = "Consolidated customer interaction history " + "with every touchpoint and channel " * 7 + "v2.csv"

AWKWARD_FILES = (
    "Kundenübersicht – Zürich.csv",  # noqa: RUF001 - the dash is the point
    "客户主数据.csv",
    "قائمة العملاء.csv",
    "🚀 launches.csv",
    'O\'Brien "VIP" list.csv',
    "Umsatz 2024/Q1.csv",
    LONG_NAME,
)
"""Umlauts and a dash, Chinese, right to left, emoji, both quotes, a slash in the name, far over 200 characters."""
