"""Pictures in files of their own: SVG, PNG, PDF, or an HTML page that is light or dark as its reader likes."""
import html
import os
import re

from .failure import Failure
from .style import DARK, LIGHT, in_theme, svg_text, variables

KINDS = (".svg", ".html", ".png", ".pdf")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
:root {{ {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ margin: 0; background: var(--card); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }}
figure {{ margin: 0 auto; padding: 1rem; max-width: 60rem; }}
figcaption {{ font-weight: 620; font-size: 1.2rem; }}
svg {{ display: block; width: 100%; height: auto; }}
</style>
</head>
<body>
<figure>{caption}
{svg}
</figure>
</body>
</html>
"""


def check_output(path):
    if path.suffix not in KINDS:
        raise Failure(f"{path}: a picture ends in {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if not path.absolute().parent.exists():
        raise Failure(f"{path}: there is no folder {path.parent}")


def with_names(svg, names):
    """Links to name:ROW become groups whose title, which browsers show under the pointer, is the name of the row."""
    return re.sub(r'<a href="name:(\d+)">(.*?)</a>',
                  lambda found: f"<g><title>{html.escape(names[int(found.group(1))])}</title>{found.group(2)}</g>", svg, flags=re.DOTALL)


def save(drawn, path, title, name, names=()):
    """Whole or not at all. `name`: what the picture is, for those who do not see it. `names`: of rows that links point to."""
    import matplotlib

    new = path.with_name(f"{path.stem}.new{path.suffix}")
    if path.suffix == ".html":
        caption = f"\n<figcaption>{html.escape(title)}</figcaption>" if title else ""
        page = PAGE.format(title=html.escape(title or name), light=variables(LIGHT), dark=variables(DARK), caption=caption,
                           svg=with_names(svg_text(drawn, "picture", title or name), names))
        new.write_text(page, encoding="utf-8")
    else:
        if title:
            drawn.suptitle(title)
        matplotlib.rcParams.update({"svg.hashsalt": "adjoin", "svg.fonttype": "path"})
        metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
        in_theme(drawn, LIGHT).savefig(new, dpi=110, metadata=metadata, facecolor="white")
    os.replace(new, path)
