#!/usr/bin/env python3
"""Makes a C++ file of a CUDA one: as_cpp.py FROM.cu TO.cpp, for device_code.hpp to give the rest of its words a meaning.

What is not C++ in adjoin's kernels is rewritten: launches, and variables in a block's memory. Lines stay where they were.
"""
import re
import sys

LAUNCH = re.compile(r"^(?P<indent>\s*)(?P<kernel>[\w:]+(?:<[^;{}()]*?>)?)<<<(?P<shape>[^;]*?)>>>\(", re.MULTILINE)
DYNAMIC = re.compile(r"extern __shared__ (?P<type>[^;]+?) (?P<name>\w+)\[\];")
SHARED = re.compile(r"__shared__ (?P<type>[^;]+?) (?P<name>\w+)(?P<sizes>(?:\[[^\]]*\])*);")


def launch(found):
    return (f"{found['indent']}emulated::Launch({found['shape']})"
            f".run([&](const auto&... values) {{ {found['kernel']}(values...); }}, ")


def shared(found):
    kind = f"std::type_identity_t<{found['type']}{found['sizes']}>"
    return (f"static const char name_of_{found['name']} = 0; "
            f"auto& {found['name']} = *static_cast<{kind}*>(emulated::shared(&name_of_{found['name']}, sizeof({kind})));")


def as_cpp(text):
    text = LAUNCH.sub(launch, text)
    text = DYNAMIC.sub(lambda found: f"{found['type']}* const {found['name']} = static_cast<{found['type']}*>(emulated::dynamic_shared());", text)
    text = SHARED.sub(shared, text)
    for word in ("<<<", "__shared__"):
        if word in text:
            line = text[:text.index(word)].count("\n") + 1
            raise SystemExit(f"error: line {line} has a {word} that as_cpp.py does not understand")
    return text


def main():
    source, made = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = as_cpp(file.read())
    with open(made, "w", encoding="utf-8") as file:
        file.write(f'#include "device_code.hpp"\n#line 1 "{source}"\n{text}')


if __name__ == "__main__":
    main()
