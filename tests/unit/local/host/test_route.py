import pytest

from local.host.http.route import Route, RouteError, find_conflict


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("api/status", "API/Status", {}),
        ("api/status", "api/status/x", None),
        ("api/assets/{id}", "api/assets/a%20b", {"id": "a%20b"}),
        ("api/assets/{id}", "api/assets", None),
        ("api/assets/{id?}", "api/assets", {}),
        ("api/{name:alpha?}", "API/Abc", {"name": "Abc"}),
        ("api/{name:alpha?}", "api", {}),
        ("api/{name:alpha?}", "api/a1", None),
        ("api/{name:alpha?}", "api/a-b", None),
        ("api/{name:alpha?}", "api/é", None),
        ("api/pages/{n:int}", "api/pages/12", {"n": "12"}),
        ("api/pages/{n:int}", "api/pages/twelve", None),
        ("api/files/{*rest}", "api/files/a/b", {"rest": "a/b"}),
        ("api/a.b", "api/aXb", None),
    ],
)
def test_paths_match_templates_as_in_asp_net(template: str, path: str, parameters: dict[str, str] | None) -> None:
    assert Route(template).match(path) == parameters


@pytest.mark.parametrize("template", ["api/{n:odd}", "api/{a}-{b}", "api/{broken"])
def test_templates_that_are_not_understood_are_refused(template: str) -> None:
    with pytest.raises(RouteError):
        Route(template)


@pytest.mark.parametrize(
    ("route", "methods", "conflict"),
    [
        ("admin/x", [], "The specified route conflicts with one or more built in routes."),
        ("Administration", [], "The specified route conflicts with one or more built in routes."),
        ("THINGS/", ["GET"], "The route specified conflicts with the route defined by function 'things'."),
        ("things", [], "The route specified conflicts with the route defined by function 'things'."),
        ("things", ["POST"], None),
        ("other", ["GET"], None),
    ],
)
def test_a_reserved_route_and_a_twin_are_conflicts(route: str, methods: list[str], conflict: str | None) -> None:
    assert find_conflict(route, methods, {"things": ("things", ["GET"])}) == conflict
