"""Markdown of students and graders as harmless HTML."""

import re
from urllib.parse import unquote

from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from grading.pages.feedback.allowance import Allowance
from grading.pages.feedback.images import UnusablePicture, data_url
from grading.pages.feedback.plain_text import cut_lines, plain_text

MOST_LINES = 300
MOST_CHARACTERS = 10_000

_TAGS = frozenset(
    "p br hr strong em b i u s del sub sup code pre kbd blockquote ul ol li dl dt dd "
    "table thead tbody tfoot tr th td h3 h4 h5 h6 a img span div".split()
)
_CLASSES = {"span": {"tex", "tex block", *filter(None, STANDARD_TYPES.values())}, "div": {"highlight"}}
_SCRIPT_OR_STYLE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def markdown_html(source: object, pictures: Allowance, attachments: object = None) -> Markup:
    """Return the HTML of a Markdown text, fit for a page that no one but us may script.

    Kept are text, lists, tables, code, links to the web and attached PNG and JPEG pictures. Formulas stay as TeX
    text. Of everything else the text is kept: other pictures become their description. Headings become smaller ones.

    Args:
        source: the Markdown, which may hold HTML.
        pictures: what pictures may still take of the page.
        attachments: the cell's attachments, `{name: {mime type: base64}}`; lost or damaged ones are said in the text.
    """
    text, cut = cut_lines(plain_text(source), MOST_LINES, MOST_CHARACTERS)
    renderer = _Renderer(attachments if isinstance(attachments, dict) else {}, pictures)
    try:
        html = MarkdownWithMath(renderer).render(_SCRIPT_OR_STYLE.sub("", text))
        html = _cleaner(renderer.pictures).clean(html)
    except (RecursionError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        # Whatever trips the parser, the reader still gets the text.
        html = str(Markup("<pre>{}</pre>").format(text))
    if cut:
        html += str(Markup('<p class="cut">{}</p>').format(cut))
    return Markup(html)


def harmless_html(html: object) -> Markup:
    """Return `html` with the same allow-list as `markdown_html`, without pictures."""
    text, _ = cut_lines(plain_text(html), MOST_LINES, MOST_CHARACTERS)
    return Markup(_cleaner([]).clean(text))


class _Renderer(IPythonRenderer):
    def __init__(self, attachments: dict, allowance: Allowance):
        super().__init__(escape=False, allow_harmful_protocols=False, exclude_anchor_links=True)
        self._attached = attachments
        self._allowance = allowance
        self.pictures: list[str] = []

    def heading(self, text: str, level: int, **attrs: object) -> str:
        return super().heading(text, min(level + 3, 6))

    def block_mermaidjs(self, code: str) -> str:
        return str(Markup("<pre>{}</pre>").format(code))

    def block_math(self, body: str) -> str:
        return f'<span class="tex block">{self.escape_html(body.strip())}</span>'

    def inline_math(self, body: str) -> str:
        return f'<span class="tex">{self.escape_html(body.strip())}</span>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name == url:
            return f"{text or 'picture'} (a picture from elsewhere, not shown here)"
        bundle = self._attached.get(name) or self._attached.get(unquote(name))
        try:
            if not isinstance(bundle, dict):
                raise UnusablePicture("the file does not hold it")
            kind = next((kind for kind in ("image/png", "image/jpeg") if kind in bundle), None) or next(
                iter(bundle), "?"
            )
            self.pictures.append(data_url(plain_text(kind)[:60], bundle.get(kind), self._allowance))
        except UnusablePicture as reason:
            return f"{text or 'picture'} (a picture stood here: {self.escape_html(str(reason))})"
        return f'<img src="attached-{len(self.pictures) - 1}" alt="{text or "Picture in your text"}">'


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return value in _CLASSES.get(tag, ())
    if tag == "a":
        return name in ("href", "title") and (
            name == "title" or value.lower().startswith(("http:", "https:", "mailto:"))
        )
    if tag == "img":
        return name in ("src", "alt")
    return (tag, name) in {("ol", "start"), ("td", "colspan"), ("td", "rowspan"), ("th", "colspan"), ("th", "rowspan")}


def _cleaner(pictures: list[str]) -> Cleaner:
    class _PicturesOfOurs(Filter):
        """Puts the pictures that we encoded in their places; of any other one the description stays."""

        def __iter__(self):
            for token in super().__iter__():
                if token.get("name") != "img" or token["type"] not in ("StartTag", "EmptyTag"):
                    yield token
                    continue
                alt = token["data"].get((None, "alt"), "")
                place = re.fullmatch(r"attached-(\d{1,4})", token["data"].get((None, "src"), ""))
                if place and int(place.group(1)) < len(pictures):
                    token["data"][(None, "src")] = pictures[int(place.group(1))]
                    token["data"][(None, "alt")] = alt or "Picture"
                    yield token
                else:
                    yield {
                        "type": "Characters",
                        "data": f"{alt or 'picture'} (a picture from elsewhere, not shown here)",
                    }

    return Cleaner(
        tags=_TAGS,
        attributes=_allowed,
        protocols={"http", "https", "mailto"},
        strip=True,
        strip_comments=True,
        filters=[_PicturesOfOurs],
    )
