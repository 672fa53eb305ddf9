"""Writes pages as HTML that needs nothing else: no script, no other file, its own style.

Whatever a template shows is escaped, and made visible where it is a control character; no template can forget that.
"""

import base64
import hashlib
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sync_core.operations.dashboard.asset_page import WEIGHTS, AssetView
from sync_core.operations.dashboard.buttons import Acting
from sync_core.operations.dashboard.chain import entity_type_name
from sync_core.operations.dashboard.links import FILTERS, KEY
from sync_core.operations.dashboard.view import Health, View
from sync_core.operations.dashboard.words import LONGEST_QUALIFIED_NAME, shortened, tame, to_moment
from sync_core.wording import many

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = files(__package__) / "templates"
HEALTH = {
    Health.NOT_WELL: "bad",
    Health.NEEDS_A_PERSON: "needy",
    Health.RECOVERING: "busy",
    Health.WELL: "good",
}
"""The looks of the word on top of the page."""
RUNS_AT_ONCE = 5  # the others are folded away


def render_dashboard(view: View, acting: Acting) -> str:
    """Return the page of what is synced, what is not, why not, and what happens next."""
    moment = partial(to_moment, now=view.facts.generated_at)
    shown = {"view": view, "facts": view.facts, "links": view.links, "acting": acting, "dead_letters": ""}
    return _render("dashboard.html", **shown, to_moment=moment)


def render_asset(view: AssetView, acting: Acting) -> str:
    """Return the page of one asset: where it stands, how it came there, and its lineage."""
    moment = partial(to_moment, now=view.now)
    shown = {"view": view, "now": view.now, "found": view.found, "acting": acting, "dead_letters": view.table}
    return _render("asset.html", **shown, to_moment=moment)


def render_trouble(title: str, details: tuple[str, ...], advice: str, again: str) -> str:
    """Return the page that stands where the dashboard cannot: what is wrong, what to do, a link to try again."""
    return _render("trouble.html", title=title, details=details, advice=advice, again=again)


@cache
def style_source() -> str:
    """Return the only style that a browser may apply, as Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()}'"


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(style=_style(), key=KEY, **values)


@cache
def _style() -> str:
    return _load("style.css")


def _load(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415  # only a page needs it

    environment = Environment(
        loader=FunctionLoader(_load),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = shortened
    environment.filters["qualified"] = partial(shortened, longest=LONGEST_QUALIFIED_NAME)
    environment.filters["entity_type_name"] = entity_type_name
    environment.filters["many"] = many
    environment.globals["WEIGHTS"] = WEIGHTS
    environment.globals["HEALTH"] = HEALTH
    environment.globals["NO_FILTER"] = dict.fromkeys(FILTERS, "")
    environment.globals["RUNS_AT_ONCE"] = RUNS_AT_ONCE
    return environment


def _shown(value: Any) -> Any:
    """Make each value safe to show, right before it is escaped; what the templates themselves made is left alone."""
    return tame(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
