#!/usr/bin/env python3
"""Writes adjoin/__init__.pyi, the types of everything public, from the package itself: what editors and type checkers read.

  python3 bindings/python/make_stubs.py          writes it, with the adjoin that Python finds
  python3 bindings/python/make_stubs.py --check  says whether it is as it would be written (exit 1 if not)
"""
import inspect
import pathlib
import re
import sys
import typing

sys.path.pop(0)  # the folder beside this file has no module of C++ in it
import adjoin  # noqa: E402

STUB = pathlib.Path(__file__).parent / "adjoin" / "__init__.pyi"
HEADER = """# Written by bindings/python/make_stubs.py from the package; do not edit.
import os
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

__version__: str
"""


def annotation(value):
    """As it is written where the names of HEADER are known."""
    if value is inspect.Parameter.empty:
        return "Any"
    if value is None or value is type(None):
        return "None"
    if isinstance(value, str):
        return value
    text = value.__name__ if isinstance(value, type) and not typing.get_args(value) else str(value)
    text = re.sub(r"\b(typing|collections\.abc|adjoin\.\w+)\.", "", text)
    return re.sub(r"\b(numpy\.)?ndarray\b", "np.ndarray", text)


def parameter_text(parameter):
    text = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "") + parameter.name
    if parameter.name in ("self", "cls"):
        return text
    text += f": {annotation(parameter.annotation)}"
    return text if parameter.default is parameter.empty else f"{text} = {parameter.default!r}"


def function_text(name, signature, documentation, indent=""):
    parts, starred = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        parts.append(parameter_text(parameter))
    returns = annotation(signature.return_annotation)
    one_line = f"{indent}def {name}({', '.join(parts)}) -> {returns}:"
    lines = [one_line] if len(one_line) <= 140 else [f"{indent}def {name}(", *(f"{indent}    {part}," for part in parts),
                                                     f"{indent}) -> {returns}:"]
    return "\n".join(lines + body(documentation, indent + "    "))


def body(documentation, indent):
    if not documentation:
        return [f"{indent}..."]
    lines = inspect.cleandoc(documentation).split("\n")
    first, *others = [f"{indent}{line}".rstrip() for line in lines]
    if not others:
        return [f'{indent}"""{lines[0]}"""']
    return [f'{indent}"""{first.strip()}', *others, f'{indent}"""']


def public(name):
    return not name.startswith("_") or name in ("__init__", "__len__", "__getitem__", "__array__", "__dlpack__", "__dlpack_device__")


def class_text(kind):
    if issubclass(kind, tuple):
        fields = [f"    {name}: {annotation(type_)}" for name, type_ in kind.__annotations__.items()]
        return "\n".join([f"class {kind.__name__}(NamedTuple):", *fields])
    bases = [base.__name__ for base in kind.__bases__ if base is not object and not base.__name__.startswith("_")]
    lines = [f"class {kind.__name__}{'(' + ', '.join(bases) + ')' if bases else ''}:", *body(kind.__doc__, "    ")]
    if issubclass(kind, Exception):
        return "\n".join(lines)
    options = kind.__dict__.get("__signature__")
    if options is not None:
        lines += [f"    {parameter.name}: {annotation(parameter.annotation)}" for parameter in options.parameters.values()]
    members = {}
    for base in reversed(kind.__mro__[:-1]):
        lines += [f"    {name}: {annotation(type_)}" for name, type_ in base.__dict__.get("__annotations__", {}).items()]
        members.update(base.__dict__)
    for name, member in members.items():
        if not public(name):
            continue
        if isinstance(member, property):
            lines += ["    @property", function_text(name, inspect.signature(member.fget), member.__doc__, "    ")]
        elif inspect.isfunction(member):
            signature = inspect.signature(member)
            if name == "__init__":
                if options is None:
                    continue  # made by functions
                own = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD), *options.parameters.values()]
                signature = inspect.Signature(own, return_annotation=None)
            lines.append(function_text(name, signature, None if name == "__init__" else member.__doc__, "    "))
    return "\n".join(lines)


def stub():
    parts = [HEADER]
    names = [name for name in adjoin.__all__ if name != "__version__"]
    kinds = [getattr(adjoin, name) for name in names]
    # A class stands after those that it derives from.
    classes = sorted((kind for kind in kinds if inspect.isclass(kind)), key=lambda kind: (len(kind.__mro__), kind.__name__))
    parts += [class_text(kind) for kind in classes]
    parts += [function_text(kind.__name__, inspect.signature(kind), kind.__doc__) for kind in kinds if inspect.isfunction(kind)]
    return "\n\n".join(parts) + "\n"


def main():
    text = stub()
    if "--check" in sys.argv[1:]:
        if STUB.read_text(encoding="utf-8") != text:
            print(f"{STUB} is not what the package says; run bindings/python/make_stubs.py")
            return 1
        return 0
    STUB.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
