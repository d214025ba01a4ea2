"""Functions whose keywords come from the library's tables of options, so that a name, a default or a range is written once."""

import inspect
import re
import textwrap
from collections.abc import Sequence
from typing import Literal

from adjoin import _core

_TYPES = {"flag": bool, "whole_number": int, "number": float, "number_list": Sequence[float], "text": str}


def _default(row):
    text = row["default"]
    if row["kind"] == "flag":
        return text == "true"
    if row["kind"] == "whole_number":
        return int(text)
    if row["kind"] == "number":
        return float(text)
    if row["kind"] == "number_list":
        return tuple(float(number) for number in text.split(",")) if text else ()
    return text


def table(*names):
    """The rows of the named tables, in their order."""
    return [row for name in names for row in _core.options(name)]


def parameters(rows):
    """Keyword-only parameters for a signature."""
    def type_of(row):
        return Literal[tuple(row["choices"])] if row["kind"] == "choice" else _TYPES[row["kind"]]

    return [inspect.Parameter(row["name"], inspect.Parameter.KEYWORD_ONLY, default=_default(row), annotation=type_of(row)) for row in rows]


def describe(rows):
    """A paragraph an option."""
    lines = []
    for row in rows:
        notes = [part for part in (row["range"], " | ".join(row["choices"]), row["source"]) if part]
        # Texts name other options as the command writes them.
        help_text = re.sub(r"--([a-z][a-z-]*)", lambda option: option[1].replace("-", "_"), row["help"])
        text = help_text + (f" ({'; '.join(notes)})" if notes else "")
        lines.append(row["name"])
        lines.append(textwrap.fill(text, 96, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(lines)


def takes_options(*names):
    """Decorates a function that ends in **options: gives it the signature and the documentation of these tables. A parameter of
    its own stands for the option of that name."""

    def decorate(function):
        signature = inspect.signature(function)
        own = [parameter for parameter in signature.parameters.values() if parameter.kind is not inspect.Parameter.VAR_KEYWORD]
        rows = [row for row in table(*names) if row["name"] not in signature.parameters]
        function.__signature__ = signature.replace(parameters=own + parameters(rows))
        function.__doc__ = f"{inspect.cleandoc(function.__doc__)}\n\nOptions\n-------\n{describe(rows)}\n"
        return function

    return decorate


def progress_callable(progress):
    """None, or a function of (stage, done, total, unit): the caller's own, or for True a bar of tqdm's."""
    if progress is None or progress is False:
        return None
    if progress is not True:
        return progress
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True draws with tqdm, which is not installed: pip install tqdm; "
                          "or pass a function of (stage, done, total, unit)") from None
    bar = None

    def show(stage, done, total, unit):
        nonlocal bar
        if bar is None or bar.desc != f"{stage}: ":
            if bar is not None:
                bar.close()
            bar = tqdm(total=total, desc=stage, unit=f" {unit}", unit_scale=True, leave=False)
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return show
