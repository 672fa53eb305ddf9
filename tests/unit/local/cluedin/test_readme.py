from __future__ import annotations

from pathlib import Path

from graphql import GraphQLObjectType

import local.cluedin
from local.cluedin.switches import CluedInSwitches
from local.cluedin.wire.schema import organization_schema
from local.simulation import SwitchSet

README = Path(local.cluedin.__file__).with_name("README.md").read_text()


def test_the_readme_lists_each_operation() -> None:
    schema = organization_schema("4.4.0")
    namespaces = [schema.query_type, schema.mutation_type]
    types = {field.type for root in namespaces if root for field in root.fields.values()}
    operations = [
        f"{namespace.name.lower()}.{field}"
        for namespace in types
        if isinstance(namespace, GraphQLObjectType)
        for field in namespace.fields
        if field != "id"
    ]
    assert [operation for operation in sorted(operations) if f"`{operation}`" not in README] == []


def test_the_readme_names_each_switch() -> None:
    own = set(CluedInSwitches.model_fields) - set(SwitchSet.model_fields)
    assert [switch for switch in sorted(own) if f"`{switch}`" not in README] == []
