"""How pictures look, and how one SVG serves light and dark pages: matplotlib draws in colours that stand for something, and they are
replaced by the page's variables afterwards."""
import html
import io
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

SERIES = 8  # colours of series; the page names them --c0 ... --c7
INK, MUTED, GRID, CARD = "#0a0a01", "#0a0a02", "#0a0a03", "#0a0a04"
COLOURS = [f"#0b0b{index:02x}" for index in range(SERIES)]
# Told apart by people who do not see red or green, on white and on near black.
LIGHT = {"ink": "#1c2024", "muted": "#60646c", "grid": "#e4e6ea", "card": "#ffffff",
         "c": ["#2456c4", "#c2410c", "#0f766e", "#9333a8", "#a16207", "#be123c", "#4d7c0f", "#52606d"]}
DARK = {"ink": "#eceef1", "muted": "#a3a9b3", "grid": "#30363f", "card": "#171b21",
        "c": ["#7aa5ff", "#ff9a62", "#4fd1c1", "#d79bf0", "#e8bf57", "#ff8fa3", "#a3d65c", "#a9b4c0"]}

SETTINGS = {"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "text.color": INK, "axes.labelcolor": MUTED,
            "axes.edgecolor": GRID, "xtick.color": GRID, "ytick.color": GRID, "xtick.labelcolor": MUTED, "ytick.labelcolor": INK, "axes.grid": True,
            "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
            "axes.spines.left": False, "axes.linewidth": 0.8, "xtick.major.size": 0, "ytick.major.size": 0, "xtick.minor.size": 0,
            "ytick.minor.size": 0, "lines.linewidth": 1.8, "errorbar.capsize": 0, "figure.dpi": 72, "axes.titlesize": 10,
            "axes.labelsize": 9, "legend.frameon": False, "legend.fontsize": 8.5}


def variables(theme):
    """The theme as CSS variables."""
    words = [f"--{name}: {theme[name]}" for name in ("ink", "muted", "grid", "card")]
    words += [f"--c{index}: {colour}" for index, colour in enumerate(theme["c"])]
    return "; ".join(words)


def figure(width, height):
    """A figure in inches and its axes."""
    matplotlib.rcParams.update(SETTINGS)
    return plt.subplots(figsize=(width, height), layout="constrained")


def svg_text(drawn, salt, label):
    """The figure as an SVG element for a page: scales to its box, takes its colours and letters from the page, no identifier twice, and
    nothing in it that would style the page."""
    matplotlib.rcParams["svg.hashsalt"] = salt
    buffer = io.StringIO()
    drawn.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    plt.close(drawn)
    text = buffer.getvalue()
    box = re.search(r'viewBox="([^"]+)"', text).group(1)
    text = text[text.index(">", text.index("<svg")) + 1:]
    text = re.sub(r"<(metadata|style).*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = f'<svg role="img" aria-label="{html.escape(label)}" viewBox="{box}">{text}'
    text = text.replace("xlink:href", "href")
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    wanted = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    text = re.sub(r' id="([^"]+)"', lambda found: f' id="{salt}-{found.group(1)}"' if found.group(1) in wanted else "", text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{salt}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{salt}-\1)", text)
    return re.sub(r"\n\s*", "\n", in_variables(text)).strip()


def in_variables(text):
    for colour, name in ((INK, "ink"), (MUTED, "muted"), (GRID, "grid"), (CARD, "card"), *((c, f"c{i}") for i, c in enumerate(COLOURS))):
        text = text.replace(colour, f"var(--{name})")
    return text


def in_theme(drawn, theme):
    """A figure on its own, in the colours of one theme: for files that are no page."""
    from matplotlib.colors import to_hex

    real = {INK: theme["ink"], MUTED: theme["muted"], GRID: theme["grid"], CARD: theme["card"], **dict(zip(COLOURS, theme["c"]))}

    def swap(artist):
        for get, put in (("get_color", "set_color"), ("get_facecolor", "set_facecolor"), ("get_edgecolor", "set_edgecolor"),
                         ("get_markerfacecolor", "set_markerfacecolor"), ("get_markeredgecolor", "set_markeredgecolor")):
            if not (hasattr(artist, get) and hasattr(artist, put)):
                continue
            try:
                found = to_hex(getattr(artist, get)())
            except (ValueError, TypeError):
                continue
            if found in real:
                getattr(artist, put)(real[found])

    for artist in drawn.findobj():
        swap(artist)
    for axes in drawn.axes:
        axes.tick_params(labelcolor=theme["muted"])
        axes.grid(color=theme["grid"])
    return drawn
