"""Pages as HTTP answers: headers that let a browser show the page and do nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from sync_core.answer import HEADERS, HttpAnswer
from sync_core.operations.dashboard.asset_page import AssetView
from sync_core.operations.dashboard.buttons import NO_ACTING, Acting
from sync_core.operations.dashboard.links import Links
from sync_core.operations.dashboard.render import render_asset, render_dashboard, render_trouble, style_source
from sync_core.operations.dashboard.view import Refresh, View
from sync_core.operations.dashboard.words import lines

HTML = "text/html"
RETRY_AFTER_S = 10


def dashboard_answer(view: View, acting: Acting = NO_ACTING) -> HttpAnswer:
    """Answer with the dashboard."""
    return _page(render_dashboard(view, _offered(acting, view.refresh)), view.refresh)


def not_done_answer(query: Mapping[str, str], status: HTTPStatus, why: str) -> HttpAnswer:
    """Answer a form that is not taken: why, and a link back to the page."""
    page = render_trouble("Nothing was done", lines(why), "", Links(query).here())
    return HttpAnswer(status, page, HTML, _headers())


def not_admitted_answer(query: Mapping[str, str], refusal: HttpAnswer, why: str) -> HttpAnswer:
    """Answer whoever is not let in, with the status and the headers of the refusal."""
    page = render_trouble("You are not let in", lines(why), "", Links(query).plain())
    return HttpAnswer(refusal.status, page, HTML, {**refusal.headers, **_headers()})


def asset_answer(view: AssetView, acting: Acting = NO_ACTING) -> HttpAnswer:
    """Answer with the page of one asset."""
    return _page(render_asset(view, _offered(acting, view.refresh)), view.refresh)


def _offered(acting: Acting, refresh: Refresh) -> Acting:
    """A page that is read anew asks for no name, which would be gone half typed: so it has no buttons either."""
    asks_for_name = acting.buttons is not None and acting.buttons.signed_in is None
    return replace(acting, buttons=None) if refresh.every_s and asks_for_name else acting


def _page(text: str, refresh: Refresh) -> HttpAnswer:
    """Answer with a page; while work is outstanding, a browser asks for it again by itself."""
    refreshing = {"Refresh": str(refresh.every_s)} if refresh.every_s else {}
    return HttpAnswer(HTTPStatus.OK, text, HTML, {**_headers(), **refreshing})


def no_such_asset_answer(query: Mapping[str, str]) -> HttpAnswer:
    """Answer that no such asset is recorded, with a link to those that are."""
    details = ("No asset is recorded under this key or guid.",)
    advice = "It may never have been selected, or its record was lost: the next discovery makes it anew."
    page = render_trouble("There is no such asset", details, advice, Links(query).to())
    return HttpAnswer(HTTPStatus.NOT_FOUND, page, HTML, _headers())


def refused_answer(query: Mapping[str, str], error: Exception) -> HttpAnswer:
    """Answer a query that names something wrong: what, and a link without it."""
    links = Links(query)
    advice = "The address of this page has a part that is not right."
    page = render_trouble("There is no such view", lines(str(error)), advice, links.plain())
    return HttpAnswer(HTTPStatus.BAD_REQUEST, page, HTML, _headers())


def unavailable_answer(query: Mapping[str, str], error: Exception) -> HttpAnswer:
    """Answer while storage does not answer, or the settings are wrong: what is wrong, and a link to try again."""
    advice = "The app's log has more. Work that is recorded is not lost: it goes on when this is mended."
    page = render_trouble("The state cannot be read", lines(str(error)), advice, Links(query).to())
    return HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, page, HTML, {**_headers(), "Retry-After": str(RETRY_AFTER_S)})


def _headers() -> dict[str, str]:
    """Nothing is loaded or run but our own style; the key in the address goes nowhere; nobody frames the page."""
    policy = {
        "default-src": "'none'",
        "style-src": style_source(),
        "img-src": "data:",  # the empty icon, so that no browser asks the host for one
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        **HEADERS,
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "no-referrer",
    }
