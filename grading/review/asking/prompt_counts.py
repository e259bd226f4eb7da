"""Whether a server read the whole prompt, by the number of tokens that it says it read.

Ollama cuts a prompt that does not fit its window without a word. What it then counts may be what was left; and some
versions count nothing for a prompt that they still know.
"""

MOST_CHARACTERS_OF_A_TOKEN = 8


class PromptCounts:
    """Remembers what the same server counted for other prompts."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, int]] = []

    def why_cut(self, characters: int, count: int | None, window: int) -> str:
        """Why a prompt of so many characters was cut, as a clause; "" if nothing speaks for that.

        count: Ollama's prompt_eval_count, None if it is missing: that says nothing
        window: the num_ctx that was asked for
        """
        if not count:
            return ""
        if abs(count - (window // 2 + 2)) <= 2:
            return f"the server read {count} tokens, which is half of its window of {window}: it cut the prompt"
        if count * MOST_CHARACTERS_OF_A_TOKEN < characters:
            return f"the server read {count} tokens of a prompt of {characters:,} characters: it cut the prompt"
        shorter = [known for size, known in self._whole if size <= characters]
        if shorter and count < 0.8 * max(shorter):
            return f"the server read {count} tokens, and {max(shorter)} of a shorter prompt: it cut the prompt"
        self._whole.append((characters, count))
        return ""
