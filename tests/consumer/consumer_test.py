#!/usr/bin/env python3
"""adjoin as other projects use it: installed, and then found, or added as a folder of their own.

  consumer_test.py install|find_package|pkg_config|readme|add_subdirectory --build ... (tests/consumer/CMakeLists.txt has them all)

`install` makes the prefix that the next three use.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
EXPECTED = "adjoin {version}: 5 nodes, 4 edges, 5 x 16, nearest to b is "


def run(*command, **options):
    print("$", shlex.join(map(str, command)), flush=True)
    result = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            check=False, **options)
    print(result.stdout, flush=True)
    assert result.returncode == 0, f"{command[0]} ended with {result.returncode}"
    return result.stdout


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def configure_and_build(given, source, folder, *settings):
    run(given.cmake, "-S", source, "-B", folder, "-G", given.generator, f"-DCMAKE_CXX_COMPILER={given.compiler}",
        f"-DCMAKE_CXX_COMPILER_LAUNCHER={given.launcher}", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0", *settings)
    run(given.cmake, "--build", folder)


def found_in_prefix(given, folder):
    cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8")
    place = pathlib.Path(re.search(r"^adjoin_DIR:PATH=(.*)$", cache, re.MULTILINE)[1])
    assert place.is_relative_to(given.prefix), place


def check_output(given, text):
    assert EXPECTED.format(version=given.version) in text
    assert "there is no such file.tsv" in text


def no_flags_leak(folder):
    """The consumer's file is compiled with the consumer's flags: include paths, the language standard and what tells our own headers
    that there is a CUDA side may be added."""
    for entry in json.loads((folder / "compile_commands.json").read_text(encoding="utf-8")):
        if entry["file"].endswith(("project/main.cpp", "consumer.dir/Unity/unity_0_cxx.cxx")):
            flags = [word for word in shlex.split(entry["command"]) if word.startswith("-") and word not in STRICT]
            more = [flag for flag in flags if not re.fullmatch(r"-std=(gnu|c)\+\+20|-I.*|-isystem|-DADJOIN_HAS_CUDA=1|-O0|-o|-c", flag)]
            assert not more, more
            return
    raise AssertionError("main.cpp is not in compile_commands.json")


def install(given):
    shutil.rmtree(given.prefix, ignore_errors=True)
    run(given.cmake, "--install", given.build, "--prefix", given.prefix)
    files = {path.relative_to(given.prefix).as_posix(): path for path in given.prefix.rglob("*") if path.is_file()}
    for name in ("include/adjoin/adjoin.hpp", "include/adjoin/engine/graph/graph.hpp", "share/doc/adjoin/LICENSE"):
        assert name in files, name
    assert not [name for name in files if name.startswith("include/") and not name.endswith(".hpp")]

    for name, path in files.items():
        if path.suffix in (".a", "") and "completions" not in name:
            continue
        text = path.read_text(encoding="utf-8")
        for folder in (given.source, given.build):
            # As a whole path: a checkout may well be at /adjoin, and "share/adjoin" is not there.
            assert not re.search(rf"(?<![\w.}}/-]){re.escape(str(folder))}(?![\w.-])", text), f"{name} names {folder}"
        for header in re.findall(r"#include <(adjoin/[^>]+)>", text):
            assert f"include/{header}" in files, f"{name} includes {header}, which is not installed"

    if "bin/adjoin" in files:
        assert given.version in run(files["bin/adjoin"], "--version")
        assert ".TH" in files["share/man/man1/adjoin.1"].read_text(encoding="utf-8")
        run("bash", "-n", files["share/bash-completion/completions/adjoin"])
        assert files["share/zsh/site-functions/_adjoin"].read_text(encoding="utf-8").startswith("#compdef adjoin")
        assert "complete -c adjoin" in files["share/fish/vendor_completions.d/adjoin.fish"].read_text(encoding="utf-8")


def find_package(given):
    folder = fresh(given.work / "find_package")
    configure_and_build(given, given.project, folder, f"-DCMAKE_PREFIX_PATH={given.prefix};{given.prefix_path}",
                        # Only its .cpp files need these; whoever uses it may lack them.
                        *(f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("nlohmann_json", "Random123", "xxHash", "CLI11")))
    found_in_prefix(given, folder)
    no_flags_leak(folder)
    check_output(given, run(folder / "consumer"))
    # A later minor version may change anything, so it is not taken for this one.
    probe = fresh(given.work / "other_version")
    major, minor, _ = given.version.split(".")
    (probe / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES CXX)\n"
        f"find_package(adjoin {major}.{int(minor) + 1} CONFIG QUIET)\n"
        "if(adjoin_FOUND)\n  message(FATAL_ERROR \"found, but must not be\")\nendif()\n", encoding="utf-8")
    run(given.cmake, "-S", probe, "-B", probe / "build", "-G", given.generator, f"-DCMAKE_CXX_COMPILER={given.compiler}",
        f"-DCMAKE_PREFIX_PATH={given.prefix}")


def pkg_config(given):
    if not shutil.which("pkg-config"):
        print("skipped: there is no pkg-config here")
        sys.exit(77)
    folder = fresh(given.work / "pkg_config")
    [place] = given.prefix.rglob("adjoin.pc")
    paths = os.pathsep.join(filter(None, [str(place.parent), os.environ.get("PKG_CONFIG_PATH")]))
    environment = {**os.environ, "PKG_CONFIG_PATH": paths}
    assert run("pkg-config", "--modversion", "adjoin", env=environment).strip() == given.version
    compile_flags = run("pkg-config", "--cflags", "adjoin", env=environment).split()
    link_flags = run("pkg-config", "--libs", "adjoin", env=environment).split()
    run(given.compiler, "-std=c++20", *STRICT, *compile_flags, given.project / "main.cpp", "-o", folder / "consumer", *link_flags)
    check_output(given, run(folder / "consumer"))


def readme(given):
    """The program and the CMake file that README.md shows are built as they stand there, and print what it says."""
    section = (given.source / "README.md").read_text(encoding="utf-8").split("\n## Use it as a library\n")[1].split("\n## ")[0]
    blocks = {language: re.search(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)[1]
              for language in ("cpp", "cmake", "console")}
    project = fresh(given.work / "readme")
    (project / "main.cpp").write_text(blocks["cpp"], encoding="utf-8")
    (project / "CMakeLists.txt").write_text(blocks["cmake"], encoding="utf-8")
    configure_and_build(given, project, project / "build", f"-DCMAKE_PREFIX_PATH={given.prefix};{given.prefix_path}",
                        f"-DCMAKE_CXX_FLAGS={' '.join(STRICT)}")
    found_in_prefix(given, project / "build")
    command, *expected = blocks["console"].splitlines()
    printed = run(project / "build" / pathlib.Path(command.removeprefix("$ ")).name, cwd=given.source).splitlines()
    # The last digits of a number depend on the processor (docs/determinism.md); the names do not.
    names = [[line.rsplit(" ", 1)[0] for line in lines] for lines in (printed, expected)]
    assert names[0] == names[1], (printed, expected)


def add_subdirectory(given):
    def listing(folder):
        return sorted(path.as_posix() for path in folder.iterdir())

    # The folder stays: what the library is made of is compiled again only if it has changed.
    folder = given.work / "add_subdirectory"
    (folder / "CMakeCache.txt").unlink(missing_ok=True)
    before = [listing(given.project), listing(given.source)]
    # As a unity build, which some projects are, and which takes a third of the time.
    configure_and_build(given, given.project, folder, f"-DCONSUMER_SUBDIRECTORY={given.source}",
                        f"-DCMAKE_PREFIX_PATH={given.prefix_path}", "-DCMAKE_UNITY_BUILD=ON")
    assert [listing(given.project), listing(given.source)] == before, "the sources were written to"
    no_flags_leak(folder)
    check_output(given, run(folder / "consumer"))
    # Who installs the consumer does not install adjoin.
    run(given.cmake, "--install", folder, "--prefix", fresh(given.work / "consumer_prefix"))
    assert not listing(given.work / "consumer_prefix")


WAYS = {way.__name__: way for way in (install, find_package, pkg_config, readme, add_subdirectory)}
parser = argparse.ArgumentParser()
parser.add_argument("way", choices=WAYS)
for option in ("cmake", "generator", "compiler", "launcher", "prefix-path", "version"):
    parser.add_argument(f"--{option}", required=True)
for option in ("source", "build", "work"):
    parser.add_argument(f"--{option}", required=True, type=pathlib.Path)
arguments = parser.parse_args()
arguments.prefix = arguments.work / "prefix"
arguments.project = arguments.source / "tests/consumer/project"
WAYS[arguments.way](arguments)
