"""What is found in descriptions of interfaces: OpenAPI, GraphQL, Protocol Buffers."""

from __future__ import annotations

from taskpar_ml.detectors.graphql_schema import GraphqlSchema
from taskpar_ml.detectors.openapi import OpenApi
from taskpar_ml.detectors.proto import Proto
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Import, Mount, Route


def source(text: str) -> Source:
    """Return a file without a grammar."""
    return Source(text.encode(), None)


def test_requests_of_openapi_in_yaml_have_methods_paths_and_operations():
    found = OpenApi().find(
        source(
            """\
openapi: "3.1.0"
servers:
  - url: https://{host}/api/v2/
paths:
  /users/{id}:
    parameters: [{name: id, in: path}]
    get: {operationId: getUser}
    x-internal: {get: {}}
    delete:
      summary: no name
  x-extra: {get: {}}
"""
        )
    )
    assert list(found) == [
        Mount("/api/v2", "", "", 3),
        Route("GET", "/users/{id}", "getUser", "", 7),
        Route("DELETE", "/users/{id}", "", "", 9),
    ]


def test_requests_of_swagger_in_json_have_the_lines_of_their_keys():
    found = OpenApi().find(
        source(
            """\
{"swagger": "2.0",
 "info": {"description": "a \\"get\\": trap"},
 "basePath": "/v1",
 "paths": {
  "/a": {
   "get": {"operationId": "first", "parameters": [{"name": "get"}]},
   "post": {"operationId": "second"}}}}
"""
        )
    )
    assert list(found) == [
        Mount("/v1", "", "", 3),
        Route("GET", "/a", "first", "", 6),
        Route("POST", "/a", "second", "", 7),
    ]


def test_other_yaml_and_json_promises_nothing():
    for text in (
        "paths: {/a: {get: {}}}\n",
        "config:\n  openapi: 3.0.0\npaths: {/a: {get: {}}}\n",
        '{"paths": {"/a": {"get": {}}}, "kind": "openapi"}',
        "openapi: 3.0.0\npaths: [\n",
    ):
        assert list(OpenApi().find(source(text))) == []


def test_types_and_operations_of_graphql():
    found = GraphqlSchema().find(
        source(
            '''\
schema { query: Root mutation: Mutation }

"""A person."""
type User implements Node & Named @key(fields: "id") {
  id: ID!
}
type Root {
  "By id."
  user(id: ID!): User
  users: [User!]!
}
extend type Mutation { addUser(name: String!): User }
type Subscription { userAdded: User }
input Filter { name: String }
enum Role { ADMIN }
'''
        )
    )
    facts = set(found)
    assert {each for each in facts if isinstance(each, Route)} == {
        Route("QUERY", "user", "", "", 9),
        Route("QUERY", "users", "", "", 10),
        Route("MUTATION", "addUser", "", "", 12),
        Route("SUBSCRIPTION", "userAdded", "", "", 13),
    }
    assert Definition("User", DefinitionKind.TYPE, 3, 6, "implements Node & Named") in facts
    assert {each.name for each in facts if isinstance(each, Definition)} == {
        "User", "Root", "Subscription", "Filter", "Role",
    }  # fmt: skip


def test_queries_of_clients_and_broken_schemas_give_nothing():
    assert list(GraphqlSchema().find(source("query Users { users { id } }\n"))) == []
    assert list(GraphqlSchema().find(source("type User { id: ID!\n"))) == []
    assert list(GraphqlSchema().find(source("type Q { a: " + "[" * 5_000))) == []


def test_messages_services_and_imports_of_protocol_buffers():
    found = Proto().find(
        source(
            """\
syntax = "proto3";
package shop.v1; // package no.such;
import "google/api/annotations.proto";
import public 'common.proto';

/* message Gone { */
message Order {
  enum State { NEW = 0; }
  message Line { string text = 1; }
  oneof kind { string a = 1; }
  map<string, Line> lines = 2;
}
service Orders {
  rpc Get(Order) returns (Order);
  rpc Watch (stream Order)
      returns (stream .shop.v1.Order) {
    option (google.api.http) = {
      get: "/v1/orders/{id=*}"
      additional_bindings { post: "/v1/orders:watch" body: "*" }
    };
    option deprecated = true;
  }
}
"""
        )
    )
    a_class, method = DefinitionKind.CLASS, DefinitionKind.METHOD
    assert set(found) == {
        Import("google/api/annotations.proto", (("*", "*"),), 3),
        Import("common.proto", (("*", "*"),), 4),
        Definition("Order", a_class, 7, 12),
        Definition("Order.State", a_class, 8, 8),
        Definition("Order.Line", a_class, 9, 9),
        Definition("Orders", DefinitionKind.TYPE, 13, 23),
        Definition("Orders.Get", method, 14, 14, "(Order) returns (Order)"),
        Definition(
            "Orders.Watch", method, 15, 22, "(stream Order) returns (stream .shop.v1.Order)"
        ),
        Route("RPC", "/shop.v1.Orders/Get", "Orders.Get", "", 14),
        Route("RPC", "/shop.v1.Orders/Watch", "Orders.Watch", "", 15),
        Route("GET", "/v1/orders/{id=*}", "Orders.Watch", "", 18),
        Route("POST", "/v1/orders:watch", "Orders.Watch", "", 19),
    }


def test_only_within_an_annotation_of_protocol_buffers_words_are_methods_of_http():
    facts = Proto().find(
        source(
            "service Orders {\n"
            "  rpc Get(Order) returns (Order) { option (google.api.http) = { get: '/orders' }; }\n"
            "  rpc Put(Order) returns (Order) { option (shop.audit) = { put: '/no/route' }; }\n"
            "}\n"
        )
    )
    routes = {(each.method, each.path) for each in facts if isinstance(each, Route)}
    assert routes == {("RPC", "/Orders/Get"), ("GET", "/orders"), ("RPC", "/Orders/Put")}
