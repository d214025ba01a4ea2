"""Virtual environments of the peers: made once, kept in a folder, made anew when the pinned packages change."""
import json
import pathlib
import shutil
import subprocess
import sys
import venv

from .problem import Unavailable, closest
from .process import last_line


class Environments:
    """`table`: by name, an entry with `packages`, arguments of pip, and perhaps `index`, another address of packages."""

    def __init__(self, folder, table, source):
        self.folder, self.table, self.source = pathlib.Path(folder), table, source
        self.failures = {}

    def packages(self, name):
        if name not in self.table:
            raise Unavailable(f"{self.source}: there is no environment {name}{closest(name, self.table)}")
        entry = self.table[name]
        return [*(["--index-url", entry["index"]] if "index" in entry else []), *entry["packages"]]

    def python(self, name):
        """The interpreter of an environment, which is made first where it is missing. Raises Unavailable."""
        if name in self.failures:
            raise Unavailable(self.failures[name])
        place, packages = self.folder / name, self.packages(name)
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
            self.failures[name] = f"{self.source}: environments.{name} does not install: {last_line(result.stderr)}"
            raise Unavailable(self.failures[name])
