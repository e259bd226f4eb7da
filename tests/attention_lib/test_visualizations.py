"""The pictures' structure, sentences and errors; how they look is for eyes."""

import base64
import io
import math
import re
import subprocess
import sys
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from attention_lib import visualizations
from attention_lib.pictures import card, display
from attention_lib.pictures.style import ink_on
from attention_lib.visualizations import (
    PictureError,
    attention_graph,
    attention_steps,
    compare_heatmaps,
    embedding_strip,
    head_grid,
    heatmap,
    picture_of,
    projection_strips,
)

TOKENS = "The cat sat on the mat because it was tired . The cat".split()
N = len(TOKENS)
CAUSAL = torch.ones(N, N).tril().bool()


def pronoun_weights():
    """Causal weights, each row flat but for “it”, which has 0.72 on the first “cat”."""
    weights = CAUSAL / CAUSAL.sum(dim=-1, keepdim=True)
    weights[7] = 0.04 * CAUSAL[7]
    weights[7, 1] = 0.72
    return weights


def scores():
    torch.manual_seed(0)
    return torch.randn(N, N) * 2


def steps_arguments():
    torch.manual_seed(1)
    weights, values = pronoun_weights(), torch.randn(N, 8)
    raw = scores() * 5
    return dict(
        raw_scores=raw,
        scaled_scores=raw / 5,
        weights=weights,
        values=values,
        output=torch.einsum("qk,kd->qd", weights, values),
        tokens=TOKENS,
        query="it",
    )


def every_picture():
    torch.manual_seed(2)
    x, q, k, v = torch.randn(N, 24), torch.randn(N, 8), torch.randn(N, 8), torch.randn(N, 8)
    weights = pronoun_weights()
    return {
        "heatmap": lambda: heatmap(weights, TOKENS, TOKENS, highlight_row="it"),
        "attention_graph": lambda: attention_graph(weights, TOKENS, query="it"),
        "attention_steps": lambda: attention_steps(**steps_arguments()),
        "projection_strips": lambda: projection_strips(x, q, k, v, TOKENS),
        "embedding_strip": lambda: embedding_strip(TOKENS, list(range(N)), x),
        "compare_heatmaps": lambda: compare_heatmaps(weights, weights, TOKENS, ["yours", "torch"]),
        "next_tokens": lambda: visualizations.next_tokens("The cat", {"model": ([("slept", 0.2)], "slept")}),
        "head_grid": lambda: head_grid(weights.expand(2, 3, N, N), TOKENS, highlight=(1, 2)),
    }


def by_gid(figure, start):
    """Artists whose gid starts so, by gid."""
    found = figure.findobj(lambda artist: (artist.get_gid() or "").startswith(start))
    return {artist.get_gid(): artist for artist in found}


def texts(figure):
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


@pytest.fixture
def published(monkeypatch):
    """What is shown, as in a notebook whose cells are counted by `published.shell`."""
    shell = SimpleNamespace(execution_count=1)
    bundles = []
    record = lambda bundle, raw: bundles.append(bundle)  # noqa: E731
    monkeypatch.setattr(display, "get_ipython", lambda: shell)
    monkeypatch.setattr(display, "display", record)
    monkeypatch.setattr(card, "display", record)
    return SimpleNamespace(shell=shell, bundles=bundles)


# --- what all pictures share


@pytest.mark.parametrize("name", every_picture())
def test_every_picture_is_a_figure_with_alt_text_and_a_small_crisp_png(name, published):
    figure = every_picture()[name]()
    assert isinstance(figure, Figure)
    [bundle] = published.bundles
    assert bundle["text/plain"] == figure.alt_text
    assert len(figure.alt_text) > 60
    encoded = re.search(r'src="data:image/png;base64,([^"]+)"', bundle["text/html"]).group(1)
    png = base64.b64decode(encoded)
    assert len(png) < 150_000
    shown_width = int(re.search(r'width="(\d+)"', bundle["text/html"]).group(1))
    assert shown_width <= 800
    assert Image.open(io.BytesIO(png)).width == 2 * shown_width


@pytest.mark.parametrize("name", every_picture())
def test_no_text_is_cut_off_or_smaller_than_nine_points(name):
    figure = every_picture()[name]()
    figure.set_dpi(200)
    figure.canvas.draw()
    renderer, page = figure.canvas.get_renderer(), figure.bbox
    for text in figure.findobj(matplotlib.text.Text):
        if text.get_text() and text.get_visible():
            assert text.get_fontsize() >= 9
            box = text.get_window_extent(renderer)
            assert page.x0 <= box.x0 and box.x1 <= page.x1 + 1, text.get_text()
            assert page.y0 <= box.y0 + 1 and box.y1 <= page.y1 + 1, text.get_text()


@pytest.mark.parametrize("name", every_picture())
def test_settings_of_the_student_are_neither_used_nor_changed(name):
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "image.cmap": "jet"}):
        before = dict(matplotlib.rcParams)
        figure = every_picture()[name]()
        figure.png()
        assert dict(matplotlib.rcParams) == before
        sizes = {text.get_fontsize() for text in figure.findobj(matplotlib.text.Text) if text.get_text()}
    assert max(sizes) < 20


def test_pictures_stay_out_of_pyplot():
    code = (
        "import sys; from attention_lib.visualizations import heatmap;"
        "heatmap([[0.5, 0.5]], ['a'], ['b', 'c']).png(); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_shown_once_per_cell_and_again_in_a_later_cell(published):
    figure = heatmap(pronoun_weights(), TOKENS, TOKENS)
    figure._ipython_display_()
    assert len(published.bundles) == 1
    published.shell.execution_count += 1
    figure._ipython_display_()
    assert len(published.bundles) == 2


def test_alt_text_is_escaped(published):
    heatmap([[0.5, 0.5]], ["a"], ['"><script>', "b"], highlight_row=0)
    assert "<script>" not in published.bundles[0]["text/html"]


@pytest.mark.parametrize(
    "convert",
    [
        lambda t: t.requires_grad_(),
        lambda t: t.double(),
        lambda t: t.bfloat16(),
        lambda t: t.numpy(),
        lambda t: t.tolist(),
        lambda t: list(t.requires_grad_()),
    ],
    ids=["grad", "float64", "bfloat16", "numpy", "lists", "list of tensors"],
)
def test_numbers_may_come_in_any_shape_of_container_and_are_left_unchanged(convert):
    given = convert(pronoun_weights())
    figure = heatmap(given, TOKENS, TOKENS)
    drawn = by_gid(figure, "cells")["cells"].get_array()
    np.testing.assert_allclose(drawn, pronoun_weights(), atol=0.01)
    drawn[:] = 5
    again = torch.stack(given) if isinstance(given, list) and hasattr(given[0], "detach") else torch.as_tensor(given)
    torch.testing.assert_close(again.detach().float(), pronoun_weights(), atol=0.01, rtol=0)


def test_tokens_are_written_as_they_are():
    labels = ["$x$", "Ġcat", "\n", " ", "a" * 40]
    figure = heatmap(np.eye(5), labels, labels)
    figure.png()
    shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert shown[:4] == ["$x$", "cat", "↵", "␣"]
    assert shown[4].endswith("…") and len(shown[4]) < 20


# --- heatmap


def test_heatmap_labels_rows_and_columns_and_writes_the_values():
    figure = heatmap(pronoun_weights(), TOKENS, TOKENS)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == TOKENS
    assert [label.get_text() for label in axes.get_xticklabels()] == TOKENS
    values = by_gid(figure, "value-")
    assert values["value-7-1"].get_text() == "0.72"
    assert len(values) == N * N
    assert {"key →", "query ↓"} <= set("\n".join(texts(figure)).split("\n"))


def test_heatmap_of_weights_starts_at_zero_and_of_signed_numbers_is_centred():
    weights = by_gid(heatmap(pronoun_weights(), TOKENS, TOKENS), "cells")["cells"]
    assert (weights.norm.vmin, weights.norm.vmax) == (0, 1)
    signed = by_gid(heatmap(scores(), TOKENS, TOKENS), "cells")["cells"]
    assert -signed.norm.vmin == signed.norm.vmax == pytest.approx(scores().abs().max().item())
    assert signed.cmap(signed.norm(0.0))[:3] == pytest.approx((1, 1, 1), abs=0.02)


def test_heatmap_title_tells_where_the_framed_row_looks():
    figure = heatmap(pronoun_weights(), TOKENS, TOKENS, highlight_row="it")
    assert "“it” looks most at the first “cat” (0.72)" in texts(figure)
    assert "“it” looks most at the first “cat” (0.72)" in figure.alt_text
    assert by_gid(figure, "highlight")["highlight"].get_y() == 6.5


def test_heatmap_alt_text_of_signed_numbers_names_the_extremes():
    figure = heatmap([[1.0, -2.5], [4.0, 0.0]], ["a", "b"], ["c", "d"], title="Scores")
    assert figure.alt_text.startswith("Scores. ")
    assert "largest 4.00 at “b” and “c”" in figure.alt_text
    assert "smallest −2.50 at “a” and “d”" in figure.alt_text


@pytest.mark.parametrize("how", ["mask", "minus infinity", "NaN under the mask"])
def test_masked_cells_are_hatched_and_have_no_number(how):
    if how == "mask":
        figure = heatmap(pronoun_weights(), TOKENS, TOKENS, mask=CAUSAL)
    elif how == "minus infinity":
        figure = heatmap(scores().masked_fill(~CAUSAL, -math.inf), TOKENS, TOKENS)
    else:
        figure = heatmap(scores().masked_fill(~CAUSAL, math.nan), TOKENS, TOKENS, mask=CAUSAL)
    masked = by_gid(figure, "masked")["masked"]
    inside = {
        (row, column)
        for row in range(N)
        for column in range(N)
        if any(part.contains_point((column, row)) for part in _parts(masked.get_path()))
    }
    assert inside == {(row, column) for row in range(N) for column in range(row + 1, N)}
    assert set(by_gid(figure, "value-")) == {f"value-{r}-{c}" for r in range(N) for c in range(r + 1)}
    assert masked.get_hatch() and "masked" in texts(figure) and "78 cells masked" in figure.alt_text


def _parts(path):
    starts = [*np.flatnonzero(path.codes == path.MOVETO), len(path.codes)]
    return [matplotlib.path.Path(path.vertices[a:b], path.codes[a:b]) for a, b in zip(starts, starts[1:])]


def test_values_are_left_out_where_they_do_not_fit():
    big = torch.rand(20, 20)
    assert by_gid(heatmap(big, range(20), range(20)), "value-") == {}
    assert by_gid(heatmap(pronoun_weights(), TOKENS, TOKENS, annotate=False), "value-") == {}


def test_text_on_a_cell_contrasts_with_it():
    assert list(ink_on([[1, 1, 1, 1], [0, 0, 0.3, 1]])) == ["#1f2933", "#ffffff"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (torch.zeros(3, 4), r"shape \(3, 4\), the picture needs \(13, 13\)"),
        (torch.zeros(1, 13, 13), r"shape \(1, 13, 13\), the picture needs \(13, 13\)"),
        (torch.full((13, 13), math.nan), "holds NaN"),
        (torch.full((13, 13), math.inf), "holds infinity"),
        (None, "is None.*return"),
        (torch.zeros(13, 13, dtype=torch.complex64), "complex"),
        ("scores", "table of numbers"),
        (heatmap, "is a function"),
        ([[1.0, 2.0], [3.0]], "different lengths"),
        (torch.full((13, 13), -math.inf), "masked everywhere"),
    ],
)
def test_heatmap_says_what_is_wrong(values, message):
    with pytest.raises(PictureError, match=message):
        heatmap(values, TOKENS, TOKENS)


@pytest.mark.parametrize(
    ("row", "message"), [("dog", "not among the tokens"), ("cat", "positions 1 and 12"), (13, "there are 13 tokens")]
)
def test_a_row_that_is_not_there_or_not_unique_is_refused(row, message):
    with pytest.raises(PictureError, match=message):
        heatmap(pronoun_weights(), TOKENS, TOKENS, highlight_row=row)


# --- attention_graph


def test_arrow_widths_are_proportional_to_the_weights():
    weights = pronoun_weights()
    arrows = by_gid(attention_graph(weights, TOKENS, threshold=0), "arrow-")
    assert len(arrows) == int(CAUSAL.sum())
    ratios = [
        arrow.get_linewidth() / weights[tuple(int(i) for i in gid.split("-")[1:])].item()
        for gid, arrow in arrows.items()
    ]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-5)
    legend = by_gid(attention_graph(weights, TOKENS), "legend-")
    for gid, line in legend.items():
        assert line.get_linewidth() / float(gid.split("-")[1]) == pytest.approx(ratios[0])


def test_weights_below_the_threshold_have_no_arrow():
    arrows = by_gid(attention_graph(pronoun_weights(), TOKENS, threshold=0.5), "arrow-")
    assert set(arrows) == {"arrow-0-0", "arrow-1-0", "arrow-1-1", "arrow-7-1"}


@pytest.mark.parametrize("query", ["it", 7, -6])
def test_arrows_of_the_query_stand_out_with_their_values(query):
    figure = attention_graph(pronoun_weights(), TOKENS, query=query, threshold=0.04)
    arrows = by_gid(figure, "arrow-")
    colours = {gid.startswith("arrow-7-"): set() for gid in arrows}
    for gid, arrow in arrows.items():
        colours[gid.startswith("arrow-7-")].add(arrow.get_edgecolor())
    assert len(colours[True]) == len(colours[False]) == 1 and colours[True] != colours[False]
    assert by_gid(figure, "value-7-1")["value-7-1"].get_text() == "0.72"
    assert not [gid for gid in by_gid(figure, "value-") if not gid.startswith("value-7-")]
    assert "“it” looks at the first “cat” (0.72)" in figure.alt_text


def test_arrows_end_at_the_key_and_lead_above_for_earlier_and_below_for_later_tokens():
    weights = np.zeros((3, 3))
    weights[2, 0] = weights[0, 2] = weights[1, 1] = 1
    figure = attention_graph(weights, ["a", "b", "c"])
    boxes = {gid: patch.get_window_extent() for gid, patch in by_gid(figure, "token-").items()}
    for gid, key, above in (("2-0", 0, True), ("0-2", 2, False), ("1-1", 1, False)):
        head = by_gid(figure, f"head-{gid}")[f"head-{gid}"].get_window_extent()
        box = boxes[f"token-{key}"]
        assert box.x0 <= (head.x0 + head.x1) / 2 <= box.x1
        assert (head.y0 >= box.y1) if above else (head.y1 <= box.y0)


@pytest.mark.parametrize("n", [1, 2, 40])
def test_graphs_of_few_and_many_tokens_are_drawn(n):
    figure = attention_graph(np.full((n, n), 1 / n), [f"word{i}" for i in range(n)], query=n - 1)
    boxes = sorted((p.get_window_extent().x0, p.get_window_extent().x1) for p in by_gid(figure, "token-").values())
    assert len(boxes) == n
    assert all(left[1] <= right[0] for left, right in zip(boxes, boxes[1:]))


@pytest.mark.parametrize(
    ("weights", "message"),
    [(scores(), "between 0 and 1"), (torch.zeros(13, 12), r"\(13, 12\)"), (torch.full((13, 13), math.nan), "NaN")],
)
def test_graph_says_what_is_wrong(weights, message):
    with pytest.raises(PictureError, match=message):
        attention_graph(weights, TOKENS)


# --- attention_steps


def test_steps_draw_the_numbers_of_the_query():
    arguments = steps_arguments()
    figure = attention_steps(**arguments)
    raw, scaled, weights, values = figure.axes[:4]
    for axes, table in ((raw, "raw_scores"), (scaled, "scaled_scores"), (weights, "weights")):
        widths = [by_gid(axes, f"bar-{key}")[f"bar-{key}"].get_width() for key in range(N)]
        np.testing.assert_allclose(widths, arguments[table][7], rtol=1e-5)
    assert raw.get_xlim()[0] == scaled.get_xlim()[0]
    np.testing.assert_allclose(by_gid(figure, "values")["values"].get_alpha()[:, 0], arguments["weights"][7])
    np.testing.assert_allclose(by_gid(figure, "output")["output"].get_array()[0], arguments["output"][7])
    assert "the first “cat”: dot product" in figure.alt_text and "weight 0.72" in figure.alt_text


def test_steps_take_rows_instead_of_tables_and_draw_the_same():
    tables = steps_arguments()
    rows = tables | {name: tables[name][7] for name in ("raw_scores", "scaled_scores", "weights", "output")}
    assert attention_steps(**rows).png() == attention_steps(**tables).png()


def test_steps_call_minus_infinity_masked():
    arguments = steps_arguments()
    arguments["scaled_scores"] = arguments["scaled_scores"].masked_fill(~CAUSAL, -math.inf)
    assert texts(attention_steps(**arguments)).count("masked") == 5


def test_same_axis_shows_the_shrinking():
    figure = attention_steps(**steps_arguments())
    figure.canvas.draw()
    raw, scaled = (by_gid(axes, "bar-1")["bar-1"].get_window_extent().width for axes in figure.axes[:2])
    assert raw / scaled == pytest.approx(5, rel=0.1)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("values", torch.zeros(12, 8), r"`values` has shape \(12, 8\)"),
        ("output", torch.zeros(13, 9), r"`output` has shape \(9,\), the picture needs \(8,\)"),
        ("weights", torch.full((13, 13), 2.0), "between 0 and 1"),
        ("raw_scores", torch.full((13, 13), math.nan), "NaN"),
        ("scaled_scores", None, "None"),
    ],
)
def test_steps_say_what_is_wrong(name, value, message):
    with pytest.raises(PictureError, match=message):
        attention_steps(**steps_arguments() | {name: value})


# --- strips, comparison, grid


def test_projection_strips_write_the_shapes():
    figure = projection_strips(torch.randn(N, 24), torch.randn(N, 8), torch.randn(N, 8), torch.randn(N, 6), TOKENS)
    assert {"(13, 24)", "(13, 8)", "(13, 6)"} <= set(texts(figure))
    assert set(by_gid(figure, "strip-")) == {"strip-x", "strip-Q", "strip-K", "strip-V"}
    with pytest.raises(PictureError, match=r"`K` has shape \(13, 7\), the picture needs \(13, 8\)"):
        projection_strips(torch.randn(N, 24), torch.randn(N, 8), torch.randn(N, 7), torch.randn(N, 6), TOKENS)


def test_embedding_strip_writes_tokens_and_ids():
    figure = embedding_strip(["The", "cat"], torch.tensor([464, 3797]), torch.randn(2, 6))
    assert {"The", "cat", "464", "3797", "2 tokens become 2 rows of 6 numbers"} <= set(texts(figure))
    assert "“cat” 3797" in figure.alt_text
    with pytest.raises(PictureError, match="whole numbers"):
        embedding_strip(["The"], [1.5], torch.randn(1, 6))


def test_comparison_tells_the_largest_difference_and_shares_one_scale():
    left = scores()
    right = left.clone()
    right[2, 3] += 0.25
    figure = compare_heatmaps(left, right, TOKENS, ["yours", "torch"])
    assert {"The largest difference is 0.25", "yours", "torch"} <= set(texts(figure))
    scales = {(image.norm.vmin, image.norm.vmax) for axes in figure.axes[:2] for image in axes.images}
    assert len(scales) == 1
    assert "exactly the same" in compare_heatmaps(left, left, TOKENS, ["a", "b"]).alt_text
    with pytest.raises(PictureError, match=r"`right` has shape"):
        compare_heatmaps(left, left[:, :5], TOKENS, ["a", "b"])


def test_grid_has_each_head_in_its_place_and_frames_the_chosen():
    weights = torch.zeros(2, 3, N, N)
    for head in range(6):
        weights[head // 3, head % 3, :, head] = 1
    figure = head_grid(weights, TOKENS, highlight=(1, 2))
    heads = by_gid(figure, "head-")
    for layer in range(2):
        for head in range(3):
            np.testing.assert_array_equal(heads[f"head-{layer}-{head}"].get_array(), weights[layer, head])
    assert heads["head-0-0"].get_extent()[2] > heads["head-1-0"].get_extent()[2]
    assert heads["head-0-0"].get_extent()[0] < heads["head-0-1"].get_extent()[0]
    frames = {gid: frame.get_linewidth() for gid, frame in by_gid(figure, "frame-").items()}
    assert [gid for gid, width in frames.items() if width > 1] == ["frame-1-2"]
    assert {"L0H0", "L1H2"} <= set(texts(figure)) and "Framed: L1H2" in figure.alt_text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": torch.zeros(N, N)}, r"\(layers, heads, 13, 13\)"),
        ({"titles": ["one"]}, "`titles` has 1 entries"),
        ({"highlight": (4, 0)}, "2 layers of 3 heads"),
        ({"highlight": 3}, "layer, head"),
        ({"weights": torch.full((2, 3, N, N), 1.5)}, "between 0 and 1"),
    ],
)
def test_grid_says_what_is_wrong(arguments, message):
    with pytest.raises(PictureError, match=message):
        head_grid(**{"weights": torch.zeros(2, 3, N, N), "tokens": TOKENS} | arguments)


# --- picture_of


def card_of(published, *names, body):
    with picture_of(*names):
        body()
    [bundle] = published.bundles
    return bundle["text/plain"]


def test_a_picture_that_works_has_no_card(published):
    with picture_of("attention_scores"):
        heatmap(scores(), TOKENS, TOKENS)
    assert len(published.bundles) == 1 and "<img" in published.bundles[0]["text/html"]


def attention_scores():
    raise NotImplementedError


def attention_weights():
    raise IndexError("too many indices\nfor tensor")


@pytest.mark.parametrize(
    ("names", "body", "why"),
    [
        (["attention_scores"], attention_scores, "It is not written yet."),
        (["attention_weights", "attention_scores"], attention_scores, "`attention_scores` is not written yet."),
        (["attention_weights"], attention_weights, "It stopped with IndexError: too many indices for tensor."),
        (["project_qkv"], lambda: project_qkv(), "It is not defined yet: run its cell."),  # noqa: F821
        (["project_qkv"], lambda: x_of_the_prompt, "`x_of_the_prompt` is not defined yet: run the cells above."),  # noqa: F821
        (["scores"], lambda: heatmap(None, TOKENS, TOKENS), "The table is None: the function returns nothing yet."),
        (["scores"], lambda: heatmap([[1]], TOKENS, TOKENS), "The table has shape (1, 1), the picture needs (13, 13)."),
        (["project_qkv"], lambda: [*None], "It returns nothing yet: is a `return` missing?"),
        (["a"], sys.exit, "It stopped with SystemExit."),
        (["a"], lambda: 1 / 0, "It stopped with ZeroDivisionError: division by zero."),
    ],
)
def test_a_picture_that_cannot_be_drawn_yet_says_why_in_a_card(published, names, body, why):
    text = card_of(published, *names, body=body)
    listed = " and ".join(f"`{name}`" for name in names)
    assert text.startswith(f"This picture comes once {listed} above work")
    assert why in text


def test_the_card_escapes_what_the_student_wrote(published):
    def body():
        raise ValueError("<script>alert(1)</script>")

    card_of(published, "attention_scores", body=body)
    page = published.bundles[0]["text/html"]
    assert "<script>" not in page and "<code>attention_scores</code>" in page


def test_an_exception_without_words_still_has_a_card(published):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def body():
        raise Mute

    assert "It stopped with Mute." in card_of(published, "a", body=body)


def test_an_interrupt_passes_through(published):
    with pytest.raises(KeyboardInterrupt), picture_of("attention_scores"):
        raise KeyboardInterrupt
    assert published.bundles == []


def test_what_the_student_writes_to_the_error_stream_is_ordinary_text(published, capsys):
    stream = sys.stderr
    with picture_of("attention_scores"):
        print("careful", file=sys.stderr)
        raise ValueError
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("careful\n", "")
    assert sys.stderr is stream


def test_half_made_figures_of_the_student_are_closed_and_older_ones_kept(published):
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    older = pyplot.figure()
    with picture_of("attention_scores"):
        pyplot.figure()
        raise ValueError
    assert pyplot.get_fignums() == [older.number]
    pyplot.close(older)


def test_every_public_name_is_exported():
    assert set(visualizations.__all__) == {*every_picture(), "picture_of", "PictureError"}
