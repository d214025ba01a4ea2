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
