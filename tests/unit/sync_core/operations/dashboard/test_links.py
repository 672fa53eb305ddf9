"""Links of the page: the same query with something changed, the key only where it came in the query."""

from urllib.parse import parse_qs, urlsplit

from sync_core.operations.dashboard.links import Links


def test_a_link_keeps_what_it_does_not_change() -> None:
    links = Links({"state": "failed", "search": "a b&c", "after": "k1", "pageSize": "5"})
    assert links.to("assets", after="k2") == "?state=failed&search=a+b%26c&pageSize=5&after=k2#assets"
    assert links.to(state="", after="", search="") == "?pageSize=5"


def test_the_key_stays_only_where_it_came_in_the_query() -> None:
    assert Links({"code": "k/e+y="}).to(after="x") == "?code=k%2Fe%2By%3D&after=x"
    assert "code" not in Links({}).to(after="x")


def test_parameters_that_nobody_knows_are_dropped() -> None:
    assert Links({"onclick": "x", "code": "k"}).to() == "?code=k"


def test_links_lead_nowhere_but_beside_the_page() -> None:
    for query in ({"search": "//evil.example"}, {"search": "javascript:alert(1)"}, {"code": "\ud800#?&"}):
        link = urlsplit(Links(query).to(path="status"))
        assert (link.scheme, link.netloc, link.path) == ("", "", "status")
        assert parse_qs(link.query).keys() == query.keys()


def test_the_plain_link_keeps_the_key_and_drops_every_choice() -> None:
    links = Links({"code": "k", "state": "x", "search": "y", "after": "z", "afterDataSet": "z", "pageSize": "5"})
    assert links.plain() == "?code=k"


def test_a_form_sends_along_what_it_is_told_to_keep() -> None:
    assert Links({"code": "k", "after": "a", "state": ""}).kept("code", "state", "pageSize") == {"code": "k"}
