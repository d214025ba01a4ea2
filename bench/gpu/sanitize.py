#!/usr/bin/env python3
"""Runs the tests of the GPU side under compute-sanitizer, case by case, within a time.

  python3 sanitize.py RESULTS --seconds 300 --tools memcheck,racecheck,initcheck

Writes a record a line to the file RESULTS (or RESULTS/sanitize.jsonl, if that is a folder) for each case under each tool as it ends:
passed, findings (with the sanitizer's first lines), failed (the test itself, or the sanitizer), skipped, or out of time. A case that
passed there before, of the same program and with as many drawn examples, is not run again; what never ran comes first, racecheck before
initcheck before memcheck, then what did not pass. Prints a table at the end.

cuda_test stands beside this file, as carry.sh puts it, or is named by --program. Exit code: 0 nothing found, 1 findings or failures, or no
sanitizer, 2 wrong usage.
"""
import argparse
import datetime
import glob
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from places import HERE, environment_of, library_folders
from steps import tell

TOOLS = ["racecheck", "initcheck", "memcheck", "synccheck"]  # in the order in which they are run
OUTCOMES = ["passed", "findings", "failed", "skipped", "out of time"]
BAD = ("findings", "failed")
FOUND = 99  # the sanitizer's exit code where it found something and the test had nothing to say
SHORTEST = 5  # seconds that must be left for a case to be begun
KEPT_LINES = 40
PAUSE = 0.05  # seconds between looks at what runs


class Trouble(Exception):
    """Nothing can be run, in a sentence."""


# Finding the programs


def find_sanitizer():
    on_path = shutil.which("compute-sanitizer")
    patterns = ["/usr/local/cuda*/bin/compute-sanitizer", "/usr/local/cuda*/compute-sanitizer/compute-sanitizer"]
    for folder in filter(None, sys.path):
        patterns += [os.path.join(glob.escape(folder), "nvidia", *inner, "compute-sanitizer") for inner in (["*", "bin"], ["*", "compute-sanitizer"])]
    for found in [on_path, *(path for pattern in patterns for path in sorted(glob.glob(pattern)))]:
        if found and os.path.isfile(found) and os.access(found, os.X_OK):
            return found
    raise Trouble("there is no compute-sanitizer: not on PATH, not under /usr/local/cuda*, not in Python's packages")


def cases_of(program, environment):
    try:
        listed = subprocess.run([program, "--list-test-cases", "--no-colors"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=environment, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Trouble(f"{program} does not run: {error}") from None
    if listed.returncode != 0:
        raise Trouble(f"{program} does not list its cases: {(listed.stderr or listed.stdout).strip()[-300:]}")
    cases = [line for line in listed.stdout.splitlines() if line.strip() and not line.startswith(("[doctest]", "====="))]
    return list(dict.fromkeys(cases))


def as_filter(case):
    """What -tc= takes for this case alone; * and ? in a name match themselves too."""
    return case.replace("\\", "\\\\").replace(",", "\\,")


# The records


class Records:
    """Of a file, as far as they are of this program."""

    def __init__(self, path, digest, examples):
        self.path, self.digest, self.examples = path, digest, examples
        self.latest = {}
        self.others = 0
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for line in text.splitlines():
            try:
                record = json.loads(line)
                key = record["tool"], record["case"]
                is_ours = record["program"] == digest
            except (ValueError, KeyError, TypeError):
                continue  # cut off as a run was stopped
            if is_ours:
                self.note(key, record)
            else:
                self.others += 1
        self.file = open(path, "a", encoding="utf-8")
        if text and not text.endswith("\n"):
            self.file.write("\n")

    def note(self, key, record):
        """A run that was cut short says nothing against what an earlier one found."""
        before = self.latest.get(key)
        if before is None or record["outcome"] != "out of time" or before["outcome"] not in BAD:
            self.latest[key] = record

    def keep(self, record):
        self.note((record["tool"], record["case"]), record)
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def passed(self, tool, case):
        record = self.latest.get((tool, case))
        return record is not None and record["outcome"] == "passed" and record["examples"] >= self.examples

    def pending(self, tools, cases):
        """What never ran first, then what did not pass."""
        wanted = [(tool, case) for tool in tools for case in cases if not self.passed(tool, case)]
        return sorted(wanted, key=lambda key: key in self.latest)

    def outcomes(self, tool, cases):
        return [self.latest[tool, case]["outcome"] if (tool, case) in self.latest else "not run" for case in cases]


# Running a case


class Running:
    def __init__(self, tool, case, command, environment, folder, seconds):
        self.tool, self.case = tool, case
        self.log = folder / "log"
        self.output = open(folder / "output", "w+", encoding="utf-8", errors="replace")
        self.began = time.monotonic()
        self.ends = self.began + seconds
        # A session of its own, so that what the sanitizer starts can be stopped with it.
        self.process = subprocess.Popen(command(self.log), stdout=self.output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
                                        start_new_session=True)

    def over(self):
        return self.process.poll() is not None or time.monotonic() >= self.ends

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def record(self):
        code = self.process.poll()
        seconds = time.monotonic() - self.began
        self.stop()
        self.output.seek(0)
        printed = self.output.read()
        self.output.close()
        log = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        outcome, lines = ("out of time", sanitizer_lines(log, printed)) if code is None else judge(code, log, printed)
        return {"tool": self.tool, "case": self.case, "outcome": outcome, "seconds": round(seconds, 2), "exit_code": code,
                **({} if outcome == "passed" else {"lines": lines[:KEPT_LINES]})}


def sanitizer_lines(log, printed):
    """Lines of the sanitizer's own, without the one that names it; a line of doctest's has no space after its signs of equality."""
    found = re.findall(r"^=========( .*)$", f"{log}\n{printed}", re.MULTILINE)
    return [line.strip() for line in found if line.strip() and not line.strip().startswith("COMPUTE-SANITIZER")]


def findings_in(lines):
    """How many the sanitizer's last word counts, or None where it has none."""
    counts = [int(found[1]) for line in lines if (found := re.match(r"(?:ERROR|RACECHECK) SUMMARY: (\d+)", line))]
    return sum(counts) if counts else None


def judge(code, log, printed):
    lines = sanitizer_lines(log, printed)
    if "skipped: no GPU" in printed:
        return "skipped", [line for line in printed.splitlines() if line.startswith("skipped:")]
    found = findings_in(lines)
    if found or code == FOUND:
        return "findings", lines
    if any("before first instrumented API call" in line for line in lines):
        return "skipped", lines  # it asks nothing of a GPU
    if code != 0:
        return "failed", [f"exit code {code}", *lines, *end_of(printed)]
    return ("passed", []) if found == 0 else ("failed", ["the sanitizer counted nothing", *lines, *end_of(printed)])


def end_of(printed):
    return [line for line in printed.splitlines() if line.strip("= ")][-KEPT_LINES // 2:]


def run_cases(arguments, records, pending, command_of, environment):
    ends = time.monotonic() + arguments.seconds
    running = []
    with tempfile.TemporaryDirectory(prefix="sanitize_") as scratch:
        try:
            number = 0
            while pending or running:
                for case in [case for case in running if case.over()]:
                    running.remove(case)
                    record = case.record()
                    records.keep({**record, "program": records.digest, "examples": arguments.examples,
                                  "when": f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}"})
                    tell(f"{record['tool']:10} {record['outcome']:11} {record['seconds']:7.1f} s  {record['case']}")
                    for line in record.get("lines", [])[:3] if record["outcome"] in BAD else []:
                        tell(f"{'':24}| {line}")
                    if any("Device not supported" in line for line in record.get("lines", [])):
                        raise Trouble("the sanitizer does not support this machine's GPU")
                remaining = ends - time.monotonic()
                if remaining < SHORTEST:
                    pending = []
                while pending and len(running) < arguments.jobs:
                    tool, case = pending.pop(0)
                    folder = pathlib.Path(scratch) / str(number)
                    folder.mkdir()
                    number += 1
                    running.append(Running(tool, case, lambda log, tool=tool, case=case: command_of(tool, case, log), environment, folder,
                                           min(arguments.case_seconds, remaining)))
                time.sleep(PAUSE)
        finally:
            for case in running:
                case.stop()


# The command


def tools_of(text):
    tools = text.split(",")
    for tool in tools:
        if tool not in TOOLS:
            raise argparse.ArgumentTypeError(f"'{tool}' is no tool; there are {', '.join(TOOLS)}")
    return [tool for tool in TOOLS if tool in tools]


def positive(kind):
    def parse(text):
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    return parse


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path, help="a file of records, gone on with if it is there; or a folder for sanitize.jsonl")
    parser.add_argument("--seconds", type=positive(float), default=300, help="for everything")
    parser.add_argument("--tools", type=tools_of, default=TOOLS[:3], help="racecheck,initcheck,memcheck if not given; also synccheck")
    parser.add_argument("--jobs", type=positive(int), default=4, help="cases at a time; 1 if they disturb one another")
    parser.add_argument("--case-seconds", type=positive(float), default=90, help="for each case under each tool")
    parser.add_argument("--examples", type=positive(int), default=3, help="that a test draws, RapidCheck's max_success")
    parser.add_argument("--cases", default="", help="those alone whose names hold this")
    parser.add_argument("--program", type=pathlib.Path, help="cuda_test, if it does not stand beside this file or in build/dev")
    parser.add_argument("--sanitizer-arguments", default=[], type=str.split, help="further ones of compute-sanitizer, in one word")
    return parser.parse_args()


def program_of(arguments):
    if arguments.program:
        return arguments.program.absolute()
    beside = HERE / "cuda_test"
    return beside if beside.is_file() or len(HERE.parents) < 2 else HERE.parents[1] / "build" / "dev" / "tests" / "cuda_test"


def table(records, tools, cases):
    columns = [*OUTCOMES, "not run"]
    lines = ["| tool | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for tool in tools:
        outcomes = records.outcomes(tool, cases)
        lines.append(f"| {tool} | " + " | ".join(str(outcomes.count(column)) for column in columns) + " |")
    return "\n".join(lines)


def sanitize(arguments):
    sanitizer = find_sanitizer()
    program = program_of(arguments)
    environment = {**environment_of(library_folders(HERE)[0]), "RC_PARAMS": f"seed=20261123 max_success={arguments.examples}"}
    cases = [case for case in cases_of(program, environment) if arguments.cases in case]
    if not cases:
        raise Trouble(f"{program} has no case like '{arguments.cases}'" if arguments.cases else f"{program} has no cases")
    digest = hashlib.sha256(program.read_bytes()).hexdigest()[:16]
    path = arguments.results / "sanitize.jsonl" if arguments.results.is_dir() else arguments.results
    path.parent.mkdir(parents=True, exist_ok=True)
    records = Records(path, digest, arguments.examples)
    pending = records.pending(arguments.tools, cases)
    tell(f"{sanitizer}: {len(cases)} cases under {', '.join(arguments.tools)}; {len(pending)} runs to make, {arguments.jobs} at a time, "
         f"{arguments.seconds:.0f} s" + (f"; {records.others} records of another program do not count" if records.others else ""))

    def command_of(tool, case, log):
        return [sanitizer, "--tool", tool, "--log-file", log, "--error-exitcode", str(FOUND), *arguments.sanitizer_arguments, program,
                f"-tc={as_filter(case)}", "--no-colors"]

    try:
        run_cases(arguments, records, pending, command_of, environment)
    finally:
        tell("\n" + table(records, arguments.tools, cases))
    return 1 if any(outcome in BAD for tool in arguments.tools for outcome in records.outcomes(tool, cases)) else 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped with us
    try:
        return sanitize(parse())
    except (Trouble, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
