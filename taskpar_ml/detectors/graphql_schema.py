"""Types and operations of GraphQL schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Route

if TYPE_CHECKING:
    from graphql.language import (
        FieldDefinitionNode,
        Node,
        OperationTypeDefinitionNode,
        TypeDefinitionNode,
    )

_MOST_TOKENS: Final = 100_000
_ROOTS: Final = {"Query": "QUERY", "Mutation": "MUTATION", "Subscription": "SUBSCRIPTION"}


class GraphqlSchema:
    """Finds types, and what can be asked, changed and listened to.

    A field of the type that a schema names for queries is a route of the method ``QUERY``; the
    same for ``MUTATION`` and ``SUBSCRIPTION``. Its path is the name of the field.
    """

    name = "graphql-schema-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file is GraphQL."""
        return path.endswith((".graphql", ".graphqls", ".gql"))

    def find(self, source: Source) -> Iterator[Definition | Route]:
        """Yield types and routes; nothing of a file with errors."""
        # Loaded here, for most repositories have no such file.
        from graphql import GraphQLError, parse
        from graphql.language import (
            ObjectTypeDefinitionNode,
            ObjectTypeExtensionNode,
            SchemaDefinitionNode,
            SchemaExtensionNode,
            TypeDefinitionNode,
        )

        try:
            document = parse(source.text.removeprefix("\ufeff"), max_tokens=_MOST_TOKENS)
        except (GraphQLError, RecursionError, ValueError):
            return
        roots = dict(_ROOTS)
        for each in document.definitions:
            if isinstance(each, SchemaDefinitionNode | SchemaExtensionNode):
                roots |= {_type(each): _method(each) for each in each.operation_types}
        for each in document.definitions:
            if isinstance(each, TypeDefinitionNode):
                yield _definition(each)
            if isinstance(each, ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
                method = roots.get(each.name.value)
                if method:
                    yield from (_route(method, field) for field in each.fields)


def _type(operation: OperationTypeDefinitionNode) -> str:
    return operation.type.name.value


def _method(operation: OperationTypeDefinitionNode) -> str:
    return operation.operation.value.upper()


def _definition(node: TypeDefinitionNode) -> Definition:
    interfaces = " & ".join(each.name.value for each in getattr(node, "interfaces", ()))
    signature = f"implements {interfaces}" if interfaces else ""
    first, last = _lines(node)
    return Definition(node.name.value, DefinitionKind.TYPE, first, last, signature)


def _route(method: str, field: FieldDefinitionNode) -> Route:
    return Route(method, field.name.value, "", "", _lines(field.name)[0])


def _lines(node: Node) -> tuple[int, int]:
    """Return the first and last line of a node."""
    if node.loc is None:
        return 1, 1
    return node.loc.start_token.line, node.loc.end_token.line
