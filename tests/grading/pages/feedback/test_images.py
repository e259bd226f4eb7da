"""Pictures: pixels come through, nothing else does."""

import base64
import io

import pytest
from PIL import Image, PngImagePlugin

from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.images import HIGHEST, WIDEST, UnusablePicture, data_url


def decoded(url):
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def encoded(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def test_pixels_come_through_and_hidden_text_does_not():
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "secret")
    data = base64.b64decode(encoded(Image.new("RGB", (8, 6), "red"), pnginfo=info)) + b"<script>"
    url = data_url("image/png", [base64.b64encode(data).decode()], Allowance(10_000))
    assert url.startswith("data:image/png;base64,")
    assert decoded(url).convert("RGB").getpixel((3, 3)) == (255, 0, 0)
    stored = base64.b64decode(url.partition(",")[2])
    assert b"secret" not in stored and b"script" not in stored


def test_large_pictures_become_smaller():
    picture = decoded(data_url("image/jpeg", encoded(Image.new("RGB", (4_000, 1_000)), "JPEG"), Allowance(1_000_000)))
    assert picture.width <= WIDEST and picture.height <= HIGHEST and picture.width == 4 * picture.height


def test_a_heavy_png_becomes_a_jpeg(png):
    assert data_url("image/png", png(1_000, 1_000), Allowance(2_000_000)).startswith("data:image/jpeg")


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("image/png", "", "damaged"),
        ("image/png", "%%%", "damaged"),
        ("image/png", None, "too large"),
        ("image/png", base64.b64encode(b"<svg onload=alert(1)>").decode(), "damaged"),
        ("image/svg+xml", "<svg>", "not shown"),
        ("image/png", encoded(Image.new("1", (6_000, 6_000))), "too many pixels"),
        ("image/png", encoded(Image.new("RGB", (4, 4)), "JPEG"), "damaged"),
        ("image/png", encoded(Image.new("RGB", (90, 90)))[:80], "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(kind, data, reason):
    with pytest.raises(UnusablePicture, match=reason):
        data_url(kind, data, Allowance(1_000_000))


def test_the_allowance_ends_the_pictures():
    allowance = Allowance(300)
    picture = encoded(Image.new("RGB", (2, 2)))
    data_url("image/png", picture, allowance)
    with pytest.raises(UnusablePicture, match="no more pictures"):
        for _ in range(10):
            data_url("image/png", picture, allowance)
