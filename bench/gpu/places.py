"""Where programs and CUDA's libraries stand, beside these scripts or in a build folder."""
import glob
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
LIBRARIES = ["libcusparse.so.12", "libcublas.so.13", "libnvJitLink.so.13"]


def folder_of(library):
    """Where this library of CUDA stands, or None."""
    folders = [*sys.path, *glob.glob("/usr/local/cuda*")]
    patterns = ["nvidia/*/lib", "lib64", "targets/x86_64-linux/lib"]
    for folder in filter(None, folders):
        for pattern in patterns:
            for found in sorted(glob.glob(os.path.join(glob.escape(folder), pattern, library))):
                return os.path.dirname(found)
    return None


def library_folders(programs):
    found = [folder_of(library) for library in LIBRARIES]
    own = [str(programs / "lib")] if (programs / "lib").is_dir() else []
    return own + list(dict.fromkeys(folder for folder in found if folder)), [name for name, folder in zip(LIBRARIES, found) if not folder]


def environment_of(folders):
    """For our programs alone: what is carried may be older than what Python's packages want."""
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders + paths_without_ours())}


def environment_of_peers():
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(paths_without_ours())}


def paths_without_ours():
    return [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if path and path != str(HERE / "lib")]


def program(arguments, name, built):
    beside = HERE / name
    return beside if beside.is_file() else arguments.build / built
