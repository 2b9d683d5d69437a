"""Web frameworks that Go files register routes with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from taskpar_ml.detectors.go_literals import before_functions

_FRAMEWORKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "chi": (b"go-chi/chi",),
    "echo": (b"labstack/echo",),
    "fiber": (b"gofiber/fiber",),
    "flamego": (b"flamego/flamego",),
    "gin": (b"gin-gonic/gin",),
    "httprouter": (b"julienschmidt/httprouter",),
    "macaron": (b"macaron.v1", b"go-macaron/macaron", b"gitea.com/macaron/macaron"),
    "mux": (b"gorilla/mux",),
    "net/http": (b'"net/http"',),
    "another": (b"common/route", b"/router", b"/web"),
}
"""Names to what their import holds."""
_OF_HTTP: Final = re.compile(rb"\.\s*Handle(?:Func)?\(")
_OF_ANY: Final = re.compile(
    rb"\.\s*(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS|Get|Post|Put|Delete|Patch|Head|Options"
    rb"|Add|All|Any|Group|Handle|HandleFunc|Handler|HandlerFunc|Match|Method|MethodFunc|Methods"
    rb"|Mount|Path|PathPrefix|Route|Routes|Static\w*)\("
    rb"|chi\.Router|gin\.Engine|IRouter|RouterGroup|echo\.(?:Echo|Group)|mux\.Router"
)
"""What has to be in a file that registers routes, by net/http alone and by any framework."""


def frameworks_in(content: bytes) -> frozenset[str]:
    """Return the frameworks that a file imports; none where nothing in it registers routes."""
    imports = before_functions(content)
    found = frozenset(
        name for name, words in _FRAMEWORKS.items() if any(word in imports for word in words)
    )
    registers = _OF_HTTP if found == {"net/http"} else _OF_ANY
    return found if found and registers.search(content) else frozenset()
