"""Records: one JSON object a line, one line a measurement, added as soon as it is made. README.md states the schema.

A record is known by its key, a digest of all that it depends on: task, data, program and what it was built from, options, round,
seed, threads. Whoever starts again skips the keys that are there.
"""
import datetime
import hashlib
import json
import os
import pathlib

from .problem import Problem

SCHEMA = 1
# What two runs of the same thing differ in; all else is equal to the last digit.
MEASURED = ("seconds", "load_seconds", "peak_bytes", "measures", "when")


def digest(*parts):
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def read(path):
    """The records of a file, and how many bytes of it are whole lines: the last may have been cut short."""
    with open(path, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    whole = lines[:-1] if lines and not lines[-1].endswith(b"\n") else lines
    records = []
    for number, line in enumerate(whole, start=1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict) or "key" not in record:
            raise Problem(f"{path}:{number}: this line is no record of the harness, a JSON object with a key")
        records.append(record)
    return records, sum(map(len, whole))


class Results:
    """The file of one suite's records."""

    def __init__(self, path, retry=False):
        self.path = pathlib.Path(path)
        self.by_key = {}
        if self.path.exists():
            records, whole = read(self.path)
            if whole < self.path.stat().st_size:
                os.truncate(self.path, whole)
            self.by_key = {record["key"]: record for record in records}
            if retry:
                self.by_key = {key: record for key, record in self.by_key.items() if "failed" not in record}

    def add(self, record):
        record = {"schema": SCHEMA, **record, "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}
        self.by_key[record["key"]] = record
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        return record

    def __contains__(self, key):
        return key in self.by_key

    def of(self, keys):
        """The records of these keys that are there, in this order."""
        return [self.by_key[key] for key in keys if key in self.by_key]
