"""What type checkers are told is what there is."""

import inspect
import subprocess
import sys
import unittest

import adjoin
from support import ROOT


class Stub(unittest.TestCase):
    def test_the_stub_is_the_one_of_this_package(self):
        done = subprocess.run([sys.executable, ROOT / "bindings" / "python" / "make_stubs.py", "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_everything_public_is_documented(self):
        for name in adjoin.__all__:
            thing = getattr(adjoin, name)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                self.assertTrue(inspect.getdoc(thing), name)


if __name__ == "__main__":
    unittest.main()
