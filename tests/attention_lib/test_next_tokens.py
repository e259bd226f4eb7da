import pytest

from attention_lib.visualizations import PictureError, next_tokens

RIGHT = [("Ġslept", 0.19), (" lay", 0.12)], " slept until the morning."


def test_each_side_has_its_bars_its_text_and_its_words_in_the_alt_text():
    picture = next_tokens("The cat", {"model": RIGHT, "yours": ([("was", 1.0)], "was")})
    assert [len(axes.patches) for axes in picture.axes] == [2, 1]
    assert [bar.get_width() for bar in picture.axes[0].patches] == [0.19, 0.12]
    assert {axes.get_xlim() for axes in picture.axes} == {(0.0, 1.0)}
    assert (
        "goes on “slept until the morning.”" in picture.alt_text and "yours: likeliest “was” (1.00)" in picture.alt_text
    )
    assert any("slept until the morning" in text.get_text() for text in picture.texts)
    assert len(picture.png()) > 1000


@pytest.mark.parametrize(
    "sides", [{}, {"model": ([], "x")}, {"model": ([("a", 1.5)], "x")}, {"m": ([("a", float("nan"))], "")}]
)
def test_what_cannot_be_drawn_is_said(sides):
    with pytest.raises(PictureError):
        next_tokens("The cat", sides)
