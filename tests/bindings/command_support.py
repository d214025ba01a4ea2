"""What the tests of the adjoin command share: the command's path, run in a folder of its own with the repository's data.

Each test program takes two arguments: ADJOIN REPOSITORY
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
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

    def succeed(self, *arguments):
        result = self.run_adjoin(*map(str, arguments))
        self.assertEqual(result.returncode, 0, (arguments, result.stderr))
        return result

    def kill_until_done(self, train, model, longest, seed):
        """Runs a training of `model` again and again, killed at a random moment up to `longest` seconds after its next checkpoint, until one
        run ends by itself. How often it was killed."""
        chance = random.Random(seed)
        path, kills = self.folder / model, 0

        def checkpoint():
            return path.stat().st_mtime_ns if path.exists() else None

        for _ in range(200):
            before = checkpoint()
            running = subprocess.Popen([ADJOIN, *train, "--out", model, "--resume", "--quiet", "--threads", str(1 + kills % 3)],
                                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while running.poll() is None and checkpoint() == before:  # further each time, so that it ends
                time.sleep(0.002)
            try:
                running.wait(chance.uniform(0, longest))
            except subprocess.TimeoutExpired:
                running.kill()
                kills += 1
            error = running.communicate()[1]
            self.assertIn(running.returncode, (0, -signal.SIGKILL), error)
            if running.returncode == 0:
                return kills
        self.fail(f"killed {kills} times and not done")


def main():
    unittest.main(argv=sys.argv[:1])
