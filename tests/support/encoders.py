"""Encoders of texts that are quick, and know what they were told."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from taskpar_ml.sentence_encoder import PACKAGES

DIMENSIONS = 64

needs_extra = pytest.mark.skipif(
    not all(map(find_spec, PACKAGES)), reason="the semantic extra is not installed"
)


@dataclass(frozen=True)
class WordEncoder:
    """Texts mean their words; words that mean the same are told.

    ``asked`` keeps every text that had to be encoded.
    """

    synonyms: Mapping[str, str] = field(default_factory=dict)
    name: str = "words-1"
    asked: list[str] = field(default_factory=list)

    def encode(self, text: str) -> NDArray[np.int8]:
        self.asked.append(text)
        words = Counter(self.synonyms.get(word, word) for word in text.lower().split())
        direction = np.zeros(DIMENSIONS, dtype=np.int8)
        for word, count in words.items():
            direction[zlib.crc32(word.encode("utf-8", "surrogatepass")) % DIMENSIONS] += min(
                count, 9
            )
        return direction
