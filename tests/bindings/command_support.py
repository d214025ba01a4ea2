"""What the tests of the adjoin command share: the command's path, run in a folder of its own with the repository's data.

Each test program takes two arguments: ADJOIN REPOSITORY
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ADJOIN = pathlib.Path(sys.argv[1]).resolve()
REPOSITORY = pathlib.Path(sys.argv[2]).resolve()


def python_that_draws():
    """One that has what pictures need, or None: that which runs the tests may not be the one that the system's packages are for."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import matplotlib, numpy"], capture_output=True, check=False).returncode == 0:
                return python
        except FileNotFoundError:
            continue
    return None


class CommandCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "data").symlink_to(REPOSITORY / "data")

    def run_adjoin(self, *arguments, environment=None, **options):
        return subprocess.run([ADJOIN, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300,
                              stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, **options)


def main():
    unittest.main(argv=sys.argv[:1])
