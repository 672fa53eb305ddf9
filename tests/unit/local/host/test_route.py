import pytest

from local.host.route import Route, RouteError


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("api/status", "API/Status", {}),
        ("api/status", "api/status/x", None),
        ("api/assets/{id}", "api/assets/a%20b", {"id": "a b"}),
        ("api/assets/{id}", "api/assets", None),
        ("api/assets/{id?}", "api/assets", {}),
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
