"""The study of items within files, on a made-up history."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.histories import History

PROJECT = Path(__file__).parents[2]
NAMES = ("round_taxes", "send_invoice", "load_rates", "paint_cart", "count_stock", "hide_row")


def grow(place: Path, *, landings: int) -> History:
    """Make a history of tasks that say which function they change."""
    chance = random.Random(0)
    history = History(place)
    value = dict.fromkeys(NAMES, 0)

    def text() -> str:
        return "\n\n\n".join(f"def {name}():\n    return {value[name]}" for name in NAMES) + "\n"

    history.commit("Start (#1)", {"shop.py": text()})
    for number in range(2, landings + 1):
        name = chance.choice(NAMES)
        value[name] = number
        others = {f"notes/n{number % 7}.txt": f"{number}\n"} if number % 20 else {}
        history.commit(f"Mend {name}() (#{number})", {"shop.py": text(), **others})
    return history


def test_functions_that_titles_name_are_foreseen(tmp_path):
    clones = tmp_path / "clones"
    shop = grow(clones / "acme" / "shop", landings=250)
    store = tmp_path / "s.sqlite"
    with HistoryStore.open(str(store)) as opened:
        mine(shop.place, opened.history("acme/shop", create=True))
    corpus = tmp_path / "corpus.yaml"
    corpus.write_text(f"dev:\n  acme/shop: {shop.head}\n", encoding="utf-8")
    command = [sys.executable, PROJECT / "pipelines" / "items_study.py", clones]
    command += ["--store", store, "--corpus", corpus, "--tasks", "240"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert ran.returncode == 0, ran.stderr
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in ran.stdout.splitlines()
    ]
    symbols = [row for row in rows if row[0] == "symbol"]
    assert symbols, ran.stdout
    share, _, changed = symbols[-1][5].partition(" of ")
    # Only for the first task of each batch the file lies as it was foreseen.
    assert int(changed) >= 1
    assert share == "100%"
    likeliest, others = symbols[-2], symbols[0]
    assert (float(likeliest[4]), float(others[4])) == (1, 0)
