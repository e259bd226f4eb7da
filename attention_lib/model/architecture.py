"""The one architecture that the lesson's model code knows: GPT-2."""


class OtherArchitecture(ValueError):
    """A model is no GPT-2. The message names what it is and the remedy."""


def require_gpt2(config: object, name: str = "The model") -> None:
    """Raise OtherArchitecture unless `config`, a model's settings in transformers, are those of a GPT-2."""
    kind = getattr(config, "model_type", None)
    if kind != "gpt2":
        what = f"has the architecture {kind!r}" if kind else "is no model of transformers"
        raise OtherArchitecture(
            f"{name} {what}, but the lesson looks into models of the architecture 'gpt2' only. "
            "Use `load()` without a name, or a GPT-2 such as `load('distilgpt2')`."
        )
