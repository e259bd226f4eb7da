"""Ways by which a submission may try to run something in the browser of whoever looks at it.

Each would set `window.pwned`, open a dialog, send its reader elsewhere, or ask the server for `/canary`.
"""

import base64
from html.parser import HTMLParser

JS = "window.pwned=1"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{JS}"><script>{JS}</script></svg>'
PAGE = f"<!DOCTYPE html><title>x</title><script>{JS};new Image().src='/canary'</script><img src=x onerror='{JS}'>"
FENCE = "`" * 3


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


MARKDOWN = {
    "script": f"<script>{JS}</script>",
    "script in a paragraph": f"see <script>{JS}</script> here",
    "script in capitals": f"<ScRiPt>{JS}</sCrIpT>",
    "script from elsewhere": "<script src='/canary'></script>",
    "unclosed script": f"<script>{JS}//",
    "script in a comment that ends early": f"<!--><script>{JS}</script>-->",
    "img onerror": f"<img src=x onerror='{JS}'>",
    "img onerror without spaces": f"<img/src=x/onerror={JS}>",
    "img onerror over lines": f"<img\nsrc=x\nonerror={JS}\n>",
    "image from elsewhere": "<img src='/canary'>",
    "svg onload": f"<svg onload='{JS}'></svg>",
    "svg script": f"<svg><script>{JS}</script></svg>",
    "svg animate": f"<svg><animate onbegin='{JS}' attributeName=x dur=1s></svg>",
    "svg foreignObject": f"<svg><foreignObject><iframe srcdoc='<script>{JS}</script>'></iframe></foreignObject></svg>",
    "math": f"<math><mi xlink:href='javascript:{JS}'>x</mi></math>",
    "iframe srcdoc": "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "iframe src": "<iframe src='/canary'></iframe>",
    "iframe javascript": "<iframe src='javascript:parent.pwned=1'></iframe>",
    "object": "<object data='/canary'></object>",
    "object of a page": f"<object type='text/html' data='data:text/html;base64,{_b64(PAGE)}'></object>",
    "embed": "<embed src='/canary'>",
    "form with autofocus": f"<form><input autofocus onfocus='{JS}'></form>",
    "form that sends away": "<form id=f action='/canary'></form><button form=f>Full credit</button>",
    "style": "<style>@import url(/canary);</style>",
    "style attribute": "<div style=\"background:url('/canary')\">x</div>",
    "overlay": "<a href='/canary' style='position:fixed;inset:0;z-index:9999'>x</a>",
    "stylesheet": "<link rel=stylesheet href='/canary'>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=/canary'>",
    "base": "<base href='/canary/'>",
    "video": f"<video><source onerror='{JS}'></video>",
    "audio": f"<audio src=x onerror='{JS}'></audio>",
    "body": f"<body onload='{JS}' onpageshow='{JS}'>",
    "details": f"<details open ontoggle='{JS}'>x</details>",
    "marquee": f"<marquee onstart='{JS}'>x</marquee>",
    "template": f"<template><img src=x onerror='{JS}'></template><img src=x onerror='{JS}'>",
    "noscript": f"<noscript><p title=\"</noscript><img src=x onerror='{JS}'>\">",
    "end of the cell's box": f"</div></div></div><img src=x onerror='{JS}'>",
    "processing instruction": f"<?x <img src=x onerror='{JS}'> ?>",
    "declaration": f"<!x <img src=x onerror='{JS}'>>",
    "cdata": f"<![CDATA[<img src=x onerror='{JS}'>]]>",
    "split by a control character": f"<\0script>{JS}</\0script><\x0bimg src=x onerror='{JS}'>",
    "in a table": f"| a | b |\n|---|---|\n| <img src=x onerror='{JS}'> | x |",
    "in a list": f"- <img src=x onerror='{JS}'>",
    "in a quotation": f"> <svg onload='{JS}'>",
    "in a heading": f"# <img src=x onerror='{JS}'>",
    "in a formula": f"$a<img src=x onerror='{JS}'>$",
    "in a block formula": f"$$\n<img src=x onerror='{JS}'>\n$$",
    "in an environment": f"\\begin{{align}}<img src=x onerror='{JS}'>\\end{{align}}",
    "formula that only one reader sees": f"$ `a$ <img src=x onerror='{JS}'> `$",
    "code that only one reader sees": f"`` ` <img src=x onerror='{JS}'> ` <script>{JS}</script>",
    "fence that never closes": f"{FENCE}\n<img src=x onerror='{JS}'>\n~~~\n<script>{JS}</script>",
    "name of a block's language": f'{FENCE}"><img/src=x/onerror={JS}>\nx\n{FENCE}',
    "name of a block's language, escaped": f"{FENCE}&quot;&gt;&lt;img/src=x/onerror={JS}&gt;\nx\n{FENCE}",
    "mermaid": f"{FENCE}mermaid\n<img src=x onerror='{JS}'>\n{FENCE}",
    "mermaid that loads its script": f'~~~ mermaid\ngraph TD; A-->B; click A href "javascript:{JS}"\n~~~',
    "mermaid by an entity": f"{FENCE}&#109;ermaid\nA\n<img src=x onerror='{JS}'>\n{FENCE}",
    "javascript link": f"[look](javascript:{JS})",
    "javascript link in brackets": f"[look](<javascript:{JS}>)",
    "javascript link in capitals": f"[look]( JaVaScRiPt:{JS})",
    "javascript link by entities": f"[look](&#106;avascript&colon;{JS})",
    "javascript link on a new line": f"[look](\njavascript:{JS})",
    "javascript link after a web link": f"[a](https://example.org](javascript:{JS})",
    "javascript link in a link's text": f"[a [b](javascript:{JS})](https://example.org)",
    "javascript reference": f"[look][1]\n\n[1]: javascript:{JS}",
    "javascript reference on a new line": f"[look][1]\n\n[1]:\n   javascript:{JS}",
    "javascript reference in brackets": f"[look]\n\n[look]: <javascript:{JS}> 'x'",
    "javascript autolink": f"<javascript:{JS}>",
    "vbscript link": "[look](vbscript:msgbox)",
    "data link": f"[look](data:text/html;base64,{_b64(PAGE)})",
    "link to a handed-in page": "[look](page.html) [more](..%2F..%2F..%2Fsubmitted%2Feve%2Fattention%2Fpage.html)",
    "link's title": f"[look](https://example.org '\"><img src=x onerror={JS}>')",
    "picture from elsewhere": "![a picture](/canary)",
    "picture by reference": "![a picture][p]\n\n[p]: /canary",
    "picture as link": f"[![x](/canary)](javascript:{JS})",
    "picture's description": f'!["><img src=x onerror={JS}>](https://example.org/x.png)',
    "picture of another type": f"![x](data:image/svg+xml;base64,{_b64(SVG)})",
    "attached picture": "![x](attachment:x.svg)",
    "href in a formula": f"$\\href{{javascript:{JS}}}{{x}}$",
    "style in a formula": "$\\style{background:url(/canary)}{x}$",
    "picture in a formula": "$\\includegraphics{/canary}$ $\\bbox[background:url(/canary)]{x}$",
}

DISPLAYS = {
    "html": {"text/html": PAGE, "text/plain": "<a table>"},
    "html alone": {"text/html": PAGE},
    "html as a list": {"text/html": [PAGE[:40], PAGE[40:]]},
    "svg": {"image/svg+xml": SVG},
    "javascript": {"application/javascript": JS},
    "javascript by its older name": {"text/javascript": JS},
    "markdown": {"text/markdown": f"<img src=x onerror='{JS}'> [x](javascript:{JS})"},
    "latex": {"text/latex": f"$\\href{{javascript:{JS}}}{{x}}$<img src=x onerror='{JS}'>"},
    "mermaid": {"text/vnd.mermaid": f"<img src=x onerror='{JS}'>"},
    "pdf": {"application/pdf": _b64("%PDF-1.4")},
    "widget": {"application/vnd.jupyter.widget-view+json": {"model_id": f"</script><script>{JS}</script>"}},
    "forged checks": {
        "application/vnd.attention101.checks+json": [],
        "text/html": PAGE,
    },
    "plain text": {"text/plain": PAGE},
    "png that is a page": {"image/png": _b64(PAGE)},
    "png that ends its attribute": {"image/png": f"x' onerror='{JS}' y='\"><img src=x onerror='{JS}'>"},
    "jpeg that is an svg": {"image/jpeg": _b64(SVG)},
}


def forged_size(kind: str) -> dict:
    """Metadata of a picture that would end the tag it is written into."""
    return {kind: {"width": f"1 onload={JS}", "height": f'"><script>{JS}</script>', "alt": f'"><script>{JS}'}}


ADDRESSES = {"href", "src", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href", "srcdoc"}
ELEMENTS = set(
    "script iframe object embed meta base form input button style link svg math video audio source body template "
    "marquee noscript frame frameset applet portal textarea select dialog".split()
)
WEB = ("http://", "https://", "mailto:", "#")


def active_parts(page: str) -> list[str]:
    """What of a page could run, load or send something: elements, attributes and addresses, as text."""
    finder = _Finder(convert_charrefs=True)
    finder.feed(page)
    finder.close()
    return finder.found


class _Finder(HTMLParser):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ELEMENTS:
            self.found.append(f"<{tag} {sorted(attrs, key=str)}>")
        if tag == "pre" and ("class", "mermaid") in attrs:
            self.found.append("mermaid")
        for name, value in attrs:
            value = (value or "").strip().lower()
            if name.startswith("on"):
                self.found.append(f"{name}={value}")
            elif name == "style":
                self.found.append(f"style={value}")
            elif name in ADDRESSES and tag == "img" and not value.startswith(("data:image/png;", "data:image/jpeg;")):
                self.found.append(f"picture {value}")
            elif name in ADDRESSES and tag != "img" and not value.startswith(WEB):
                self.found.append(f"{name}={value}")

    handle_startendtag = handle_starttag
