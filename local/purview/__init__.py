"""A simulator of the Microsoft Purview Data Map, written from the vendor's documents: see README.md beside this file.

In tests::

    purview = Purview(PurviewSwitches(index_lag_s=300))
    purview.seed({"name": "estate"})
    with serve(make_app(purview=purview)) as base_url:
        ...  # any client of Purview, with `base_url` as its endpoint

As a process: `python -m local.purview --port 8081 --seed estate`.
"""

from local.purview.app import make_app
from local.purview.simulator import Purview
from local.purview.switches import PurviewSwitches

__all__ = ["Purview", "PurviewSwitches", "make_app"]
