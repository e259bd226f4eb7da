"""A language model from a GGUF file, asked as Ollama asks it. Needs llama_cpp, of all else the standard library."""

import codecs
import ctypes
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import llama_cpp
from llama_cpp import llama_chat_format, llama_grammar

from tests.ollama_protocol.wire import Left

DEFAULT_WINDOW = 4096

# Ollama's own defaults, as far as llama_cpp knows the option.
_DEFAULTS = {"temperature": 0.8, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.1}
_QUANTIZATION = {1: "F16", 2: "Q4_0", 7: "Q8_0", 12: "Q3_K_M", 14: "Q4_K_S", 15: "Q4_K_M", 17: "Q5_K_M", 18: "Q6_K"}


class UnusableModel(Exception):
    """The file is no model that can be loaded; the message says why."""


@dataclass
class Figures:
    """What one answer took: tokens and seconds. `prompt_tokens` counts those that the model saw."""

    prompt_tokens: int = 0
    prompt_seconds: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    reason: str = "stop"


@dataclass
class Question:
    """What is asked: Ollama's messages, options and `format` (None, "json" or a JSON schema)."""

    messages: list[dict]
    options: dict = field(default_factory=dict)
    form: dict | str | None = None

    @property
    def window(self) -> int:
        return int(self.options.get("num_ctx") or DEFAULT_WINDOW)


class LanguageModel:
    """The model of a GGUF file. It is not thread-safe.

    The file's head is read at once; the weights are loaded by `load`, again only if a larger window is wanted.
    Raises UnusableModel.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._threads = threads
        self._llama: llama_cpp.Llama | None = None
        self._given_up: Callable[[], bool] = lambda: False
        self._abort = llama_cpp.ggml_abort_callback(lambda _: self._given_up())
        self.facts = self._open(vocab_only=True).metadata
        if "tokenizer.chat_template" not in self.facts:
            raise UnusableModel(f"{path} has no chat template; take the file of an instruct model")

    def _open(self, **settings) -> llama_cpp.Llama:
        try:
            return llama_cpp.Llama(
                str(self._path), n_threads=self._threads, n_threads_batch=self._threads, verbose=False, **settings
            )
        except (ValueError, OSError) as error:
            raise UnusableModel(f"{self._path} cannot be loaded as a GGUF model: {error}") from error

    @property
    def window(self) -> int:
        """How many tokens the loaded model holds at most, 0 if it is not loaded."""
        return self._llama.n_ctx() if self._llama else 0

    @property
    def details(self) -> dict:
        """The file's kind as Ollama's `details`."""
        family = self.facts.get("general.architecture", "")
        kind = int(self.facts.get("general.file_type", -1))
        return {
            "parent_model": "",
            "format": "gguf",
            "family": family,
            "families": [family],
            "parameter_size": self.facts.get("general.size_label", ""),
            "quantization_level": _QUANTIZATION.get(kind, "unknown"),
        }

    def load(self, window: int) -> float:
        """Make the model ready for `window` tokens. Returns the seconds that it took, 0 if it was ready."""
        if window <= self.window:
            return 0.0
        start = time.monotonic()
        if self._llama:
            self._llama.close()
            self._llama = None
        self._llama = self._open(n_ctx=window)
        llama_cpp.llama_set_abort_callback(self._llama.ctx, self._abort, ctypes.c_void_p())
        return time.monotonic() - start

    def answer(self, question: Question, figures: Figures, given_up: Callable[[], bool]) -> Iterator[str]:
        """Yield the answer in pieces and fill in `figures`.

        The common beginning with the last prompt is not computed again. Raises Left as soon as `given_up()` is true,
        and ValueError for a `format` that is no usable JSON schema.
        """
        self.load(question.window)
        prompt = self._prompt(question)
        figures.prompt_tokens = len(prompt)
        limit = _limit(question, len(prompt))
        self._given_up = given_up
        start = time.monotonic()
        try:
            tokens = self._tokens(prompt, question)
            first = True
            for piece in _until_stop(self._texts(tokens, limit, figures), question.options.get("stop")):
                if first:
                    figures.prompt_seconds, first = time.monotonic() - start, False
                    start = time.monotonic()
                if given_up():
                    raise Left
                yield piece
        except RuntimeError:
            if given_up():
                raise Left from None
            raise
        finally:
            figures.seconds = time.monotonic() - start
            self._given_up = lambda: False

    def _prompt(self, question: Question) -> list[int]:
        llama = self._llama
        formatter = llama_chat_format.Jinja2ChatFormatter(
            template=self.facts["tokenizer.chat_template"],
            eos_token=_token_text(llama, llama.token_eos()),
            bos_token=_token_text(llama, llama.token_bos()),
        )
        text = formatter(messages=question.messages).prompt
        tokens = llama.tokenize(text.encode(), add_bos=False, special=True)
        return _cut(tokens, question.window, int(question.options.get("num_keep") or 4))

    def _tokens(self, prompt: list[int], question: Question) -> Iterator[int]:
        options = {name: question.options.get(name, default) for name, default in _DEFAULTS.items()}
        options["temp"] = options.pop("temperature")
        seed = question.options.get("seed")
        self._llama.set_seed(time.time_ns() % 2**32 if seed is None else int(seed) % 2**32)
        return self._llama.generate(prompt, grammar=_grammar(question.form), **options)

    def _texts(self, tokens: Iterator[int], limit: int, figures: Figures) -> Iterator[str]:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        for token in tokens:
            figures.tokens += 1
            if llama_cpp.llama_vocab_is_eog(self._llama._model.vocab, token):
                break
            yield decode(self._llama.detokenize([token]))
            if figures.tokens >= limit:
                figures.reason = "length"
                break
        yield decode(b"", True)


def _token_text(llama: llama_cpp.Llama, token: int) -> str:
    return llama._model.token_get_text(token) if token != -1 else ""


def _limit(question: Question, prompt_tokens: int) -> int:
    wanted = int(question.options.get("num_predict") or -1)
    room = question.window - prompt_tokens
    return min(wanted, room) if wanted > 0 else room


def _cut(tokens: list[int], window: int, keep: int) -> list[int]:
    """Like Ollama: of a prompt that does not fit, the first `keep` tokens stay, and the last for half of the rest."""
    if len(tokens) < window:
        return tokens
    return tokens[:keep] + tokens[len(tokens) - (window - keep) // 2 :]


def _grammar(form: dict | str | None) -> llama_cpp.LlamaGrammar | None:
    if form in (None, ""):
        return None
    if form == "json":
        return llama_cpp.LlamaGrammar.from_string(llama_grammar.JSON_GBNF, verbose=False)
    if not isinstance(form, dict):
        raise ValueError('`format` must be "json" or a JSON schema')
    try:
        return llama_cpp.LlamaGrammar.from_json_schema(json.dumps(form), verbose=False)
    except Exception as error:  # llama_cpp raises whatever its converter stumbles over, AssertionError too
        raise ValueError(f"`format` is no JSON schema that can be used: {error!r}") from error


def _until_stop(pieces: Iterator[str], stop: list[str] | str | None) -> Iterator[str]:
    """The pieces up to the first of the `stop` texts, which is left out."""
    stops = [stop] if isinstance(stop, str) else list(stop or [])
    held = ""
    for piece in pieces:
        held += piece
        found = [held.index(text) for text in stops if text in held]
        if found:
            yield held[: min(found)]
            return
        safe = len(held) - max((_overlap(held, text) for text in stops), default=0)
        if safe:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` may be the beginning of `stop`."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:size])), 0)
