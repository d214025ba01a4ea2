"""Names beside points, each where it covers the least."""
import numpy as np

OFFSETS = [(7, 0), (-7, 0), (0, 8), (0, -8), (6, 7), (-6, 7), (6, -7), (-6, -7), (14, 14), (-14, 14), (14, -14),
           (-14, -14)]  # in points, the nearest first


def annotate(drawn, axes, points, places, size=9.5, ink="#222222", line="#888888"):
    """Writes each name of `places` (name, (x, y)) on the side of its point where it covers the fewest points and names."""
    from matplotlib.text import Text

    drawn.draw_without_rendering()  # lays the axes out, so that positions in pixels are final
    drawn.set_layout_engine("none")
    taken = axes.transData.transform(points)
    for name, place in places:
        best, least = None, np.inf
        for x, y in OFFSETS:
            text = axes.annotate(name, place, xytext=(x, y), textcoords="offset points", fontsize=size, color=ink,
                                 ha="left" if x > 0 else "right" if x < 0 else "center",
                                 va="bottom" if y > 0 else "top" if y < 0 else "center",
                                 arrowprops={"arrowstyle": "-", "color": line, "lw": 0.6, "shrinkA": 0, "shrinkB": 2.5})
            text.update_positions(drawn.canvas.get_renderer())
            box = Text.get_window_extent(text).padded(5)  # without the line to the point
            outside = box.x0 < 0 or box.x1 > drawn.bbox.x1 or box.y0 < 0 or box.y1 > drawn.bbox.y1
            covered = box.count_contains(taken) + (1000 if outside else 0) + abs(x) / 100
            if covered < least:
                best, text, least = text, best, covered
            if text is not None:
                text.remove()
        best.update_positions(drawn.canvas.get_renderer())
        box = Text.get_window_extent(best).padded(2)
        # The name's own place is taken now: a grid of points stands for it.
        columns, rows = np.meshgrid(np.linspace(box.x0, box.x1, 12), np.linspace(box.y0, box.y1, 4))
        taken = np.vstack([taken, np.column_stack([columns.ravel(), rows.ravel()])])
