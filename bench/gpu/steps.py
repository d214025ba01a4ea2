"""Commands one after the other within the time there is, and the records that they print."""
import json
import shlex
import subprocess
import tempfile
import threading
import time

SHORTEST = 10  # seconds that a step must have to be begun


def tell(text):
    print(text, flush=True)


class Steps:
    """Runs commands one after the other within the time there is, and keeps their records."""

    def __init__(self, seconds, step_seconds, file):
        self.ends = time.monotonic() + seconds
        self.step_seconds = step_seconds
        self.file = file
        self.records = []

    def remaining(self):
        return self.ends - time.monotonic()

    def keep(self, record):
        self.records.append(record)
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def fail(self, name, reason):
        tell(f"   failed: {reason}")
        self.keep({"task": "failure", "step": name, "failed": reason})

    def run(self, name, command, environment, read, seconds=None):
        """read(line) gets each line of its standard output; seconds: it may take, those of every step if not given. True if it went well."""
        if self.remaining() < SHORTEST:
            tell(f"-- {name}")
            self.fail(name, "no time was left")
            return False
        tell(f"-- {name}: {shlex.join(map(str, command))}")
        began = time.monotonic()
        with tempfile.TemporaryFile("w+") as errors:
            try:
                process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
            except OSError as error:
                self.fail(name, str(error))
                return False
            late = threading.Event()

            def stop():
                late.set()
                process.kill()

            timer = threading.Timer(min(self.remaining(), seconds or self.step_seconds), stop)
            timer.start()
            try:
                for line in process.stdout:
                    read(line)
                code = process.wait()
            finally:
                timer.cancel()
                if process.poll() is None:
                    process.kill()
                    process.wait()
            errors.seek(0)
            said = errors.read().strip()
        if late.is_set():
            self.fail(name, f"stopped after {time.monotonic() - began:.0f} s, as it had no more time")
        elif code != 0:
            self.fail(name, f"exit code {code}: {' / '.join(said.splitlines()[-4:]) or 'it said nothing'}")
        else:
            tell(f"   {time.monotonic() - began:.1f} s" + (f"; it said: {said.splitlines()[-1]}" if said else ""))
        return code == 0 and not late.is_set()

    def run_records(self, name, command, environment, seconds=None):
        """A command that prints a record a line."""

        def read(line):
            try:
                record = json.loads(line)
            except json.JSONDecodeError:
                tell(f"   | {line.rstrip()}")
                return
            self.keep(record)
            tell(f"   {in_words(record)}")

        return self.run(name, command, environment, read, seconds)

    def run_document(self, name, command, environment):
        """A command that prints one JSON object, or None."""
        lines = []
        if not self.run(name, command, environment, lines.append):
            return None
        try:
            return json.loads("".join(lines))
        except json.JSONDecodeError as error:
            self.fail(name, f"it printed no JSON: {error}")
            return None


def in_words(record):
    what = [str(record[key]) for key in ("graph", "columns", "precision", "program", "method") if record.get(key)]
    if "row_bytes" in record:
        what.append(f"rows of {record['row_bytes']} bytes of {record['matrix_bytes'] >> 20} MiB")
    if "failed" in record:
        return f"{record['task']}: {' '.join(what)}: failed: {record['failed']}"
    if "bytes_per_second" in record:
        what.append(f"{record['bytes_per_second'] / 1e9:.0f} GB/s")
    elif "pairs_per_second" in record:
        what.append(f"{in_millions(record['pairs_per_second'])} million pairs a second")
    elif "operations_per_second" in record:
        what.append(f"{record['operations_per_second'] / 1e12:.2f} TFLOP/s")
    elif "seconds" in record:
        what.append(f"{record['seconds'] * 1e3:.3f} ms")
    elif record["task"] == "device":
        what.append(f"{record['name']}, {record['multiprocessors']} multiprocessors, {record['cache_bytes'] >> 20} MiB of cache")
    return f"{record['task']}: {' '.join(what)}"


def in_millions(value):
    return f"{value / 1e6:.3g}"
