"""The GraphQL documents: one field too many, and an older CluedIn refuses the whole of it."""

from importlib.resources import files

import pytest
from graphql import OperationDefinitionNode, parse, validate

from local.cluedin.wire.schema import organization_schema

DOCUMENTS = sorted(
    (file.name, file.read_text(encoding="utf-8"))
    for file in files("sync_core.cluedin").joinpath("graphql").iterdir()
    if file.name.endswith(".graphql")
)


@pytest.mark.parametrize("version", ["4.4.0", "4.0.0"])
@pytest.mark.parametrize(("name", "document"), DOCUMENTS)
def test_a_document_fits_an_older_and_a_newer_server(name: str, document: str, version: str) -> None:
    assert validate(organization_schema(version), parse(document)) == [], name


@pytest.mark.parametrize(("name", "document"), DOCUMENTS)
def test_a_document_holds_the_one_operation_that_it_is_named_for(name: str, document: str) -> None:
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    assert name.startswith(f"{operation.name.value}.")
