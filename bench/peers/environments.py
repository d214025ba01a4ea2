"""Virtual environments of the peers: made once, kept in a folder, made anew when the pinned packages change."""
import json
import pathlib
import shutil
import subprocess
import sys
import venv


class Unavailable(Exception):
    """Why a peer cannot be measured, in one line."""


def last_line(text):
    """The line of a program's complaint that says the most: the last that names an exception, an error, or else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for said in ("Error: ", "rror"):
        found = [line for line in lines if said in line]
        if found:
            return found[-1][:300]
    return lines[-1][:300] if lines else "it said nothing"


class Environments:
    def __init__(self, folder, packages_of):
        self.folder = pathlib.Path(folder)
        self.packages_of = packages_of
        self.failures = {}

    def python(self, name):
        """The interpreter of an environment, which is made first where it is missing. Raises Unavailable."""
        if name in self.failures:
            raise Unavailable(self.failures[name])
        place, packages = self.folder / name, self.packages_of[name]
        mark = place / "packages.json"
        if not mark.exists() or json.loads(mark.read_text(encoding="utf-8")) != packages:
            self.make(name, place, packages)
            mark.write_text(json.dumps(packages), encoding="utf-8")
        return str(place / "bin" / "python")

    def make(self, name, place, packages):
        print(f"environment {name}: {' '.join(packages)}", file=sys.stderr, flush=True)
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        command = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            self.failures[name] = f"does not install: {last_line(result.stderr)}"
            raise Unavailable(self.failures[name])
