"""The guide's code runs, from top to bottom."""

import contextlib
import importlib.util
import io
import os
import re
import tempfile
import unittest

from support import ROOT

GUIDE = ROOT / "docs" / "python.md"
MISSING = [name for name in ("networkx", "scipy", "sklearn") if importlib.util.find_spec(name) is None]


@unittest.skipIf(MISSING, f"{', '.join(MISSING)} not installed")
class Guide(unittest.TestCase):
    def test_the_code_of_the_guide(self):
        text = GUIDE.read_text(encoding="utf-8")
        names = {}
        printed = io.StringIO()
        before = os.getcwd()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(printed):
            os.chdir(folder)
            os.symlink(ROOT / "data", "data")
            try:
                for block in re.finditer(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
                    line = text.count("\n", 0, block.start()) + 2
                    exec(compile("\n" * (line - 1) + block[1], str(GUIDE), "exec"), names)
            finally:
                os.chdir(before)
        # What the guide says of each line that it prints is what is printed.
        for promise in ("<adjoin.Graph: undirected, 266 nodes, 574 edges>", "edge list, tab-separated, header, 2 columns, text node names"):
            self.assertIn(promise, text)
            self.assertIn(promise, printed.getvalue())
        self.assertEqual(names["points"].shape, (266, 2))
        self.assertEqual(names["scores"].shape, (2, 2))


if __name__ == "__main__":
    unittest.main()
