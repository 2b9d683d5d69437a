"""A small shop whose files hold what detectors see: classes, routes, tables, ports, tests."""

from __future__ import annotations

from typing import Final

from taskpar_ml.domain.footprint import Footprints, Surface
from tests.support.workspaces import SHOP

CODE: Final = {
    "src/models.py": (
        'class User:\n    """D."""\n    name = 1\n\n'
        "    def save(self):\n        return 1\n\n"
        "    def load(self):\n        return 2\n"
    ),
    "src/store.py": (
        "from src.models import User\n\n\n"
        'def ask(c):\n    return c.execute("SELECT name FROM users")\n\n\n'
        'def fill(c):\n    c.execute("INSERT INTO users (name) VALUES (1)")\n'
    ),
    "web/app.js": (
        "function show(req, res) {\n  res.send(1);\n}\n"
        "const app = express();\n"
        "app.get('/users/:id', show);\n"
        "app.post('/users', (req, res) => {\n  res.send(2);\n});\n"
    ),
    "migrations/0001_start.sql": "CREATE TABLE users (name text);\n",
    "migrations/0002_more.sql": "ALTER TABLE users ADD COLUMN age int;\n",
    "docker-compose.yml": "services:\n  web:\n    image: x\n    ports:\n      - '8080:80'\n",
    "tests/test_models.py": "from src.models import User\n\n\ndef test_it():\n    assert User\n",
    "tests/test_all.py": (
        "from src.models import User\nfrom src.store import ask\n\n\n"
        "def test_it():\n    assert ask\n"
    ),
    "README.md": "# Shop\n",
}
"""Path to content."""

CODE_AND_SHOP: Final = {**dict.fromkeys(SHOP, ""), **CODE}
"""The same beside the files that texts of random tasks name."""


def touched(footprints: Footprints, surface: Surface, task: str) -> dict[str, tuple[float, float]]:
    """Return the items that a task touches, each with P(touch) and P(write)."""
    matrix = footprints.surfaces[surface]
    row = footprints.tasks.index(task)
    touch, write = matrix.touch[[row]].toarray()[0], matrix.write[[row]].toarray()[0]
    return {
        item: (float(one), float(other))
        for item, one, other in zip(matrix.items, touch, write, strict=True)
        if one or other
    }
