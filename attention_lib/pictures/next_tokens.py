"""What a model says next: its probabilities for the next token and how it goes on, for several attentions."""

from attention_lib.pictures import style
from attention_lib.pictures.display import Picture, shown
from attention_lib.pictures.inputs import PictureError

GAP = 0.35


def next_tokens(prompt: str, sides: dict) -> Picture:
    """Bars of the likeliest next tokens, and the continuation under them, side by side.

    prompt: the text so far
    sides: by title, a pair: [(token, probability), …] and the continuation, a string
    Raises PictureError where there is nothing to show or a probability is not between 0 and 1.
    """
    if not sides:
        raise PictureError("`sides` is empty; the picture needs at least one title with its tokens.")
    for title, (likely, _) in sides.items():
        if not likely or any(not 0 <= p <= 1 for _, p in likely):
            raise PictureError(f"“{title}” needs tokens with probabilities between 0 and 1.")
    rows = max(len(likely) for likely, _ in sides.values())
    with style.picture_style():
        width = (style.WIDEST - GAP * (len(sides) - 1)) / len(sides)
        says = {title: style.wrapped(f"… {text.strip()} …", width - 0.1) for title, (_, text) in sides.items()}
        lines = max(text.count("\n") + 1 for text in says.values())
        bars, below = 0.24 * rows, 0.3 + 0.19 * lines
        picture = Picture(style.WIDEST, bars + below + 0.8)
        up = picture.get_size_inches()[1]
        picture.write(0.05, up - 0.08, style.wrapped(f"After “{prompt}”", style.WIDEST - 0.1, style.TITLE_SIZE, "bold"),
                      fontsize=style.TITLE_SIZE, fontweight="bold", va="top")
        for at, (title, (likely, _)) in enumerate(sides.items()):
            left = at * (width + GAP)
            picture.write(left + 0.05, up - 0.45, title, fontweight="bold", va="top")
            names = [token.strip() or "␣" for token, _ in likely]
            margin = style.widest(names) + 0.15
            axes = picture.panel(left + margin, below, width - margin - 0.5, bars)
            axes.barh(range(len(likely)), [p for _, p in likely], color=style.BLUE, height=0.7)
            axes.set(xlim=(0, 1), ylim=(rows - 0.5, -0.5), xticks=[])
            axes.set_yticks(range(len(likely)), names)
            style.line_at_the_left(axes)
            axes.spines["left"].set_color(style.GRID)
            for row, (_, p) in enumerate(likely):
                axes.text(p + 0.02, row, style.number(p, 2), va="center", fontsize=style.SMALL_SIZE, color=style.MUTED)
            picture.write(left + 0.05, below - 0.12, says[title], va="top")
    told = [
        f"{title}: likeliest “{likely[0][0].strip()}” ({likely[0][1]:.2f}), goes on “{text.strip()}”"
        for title, (likely, text) in sides.items()
    ]
    picture.alt_text = f"What comes after “{prompt}”. {'. '.join(told)}."
    return shown(picture)
