"""How the comparisons tell their results: a JSON line each for the harness, or a row of a Markdown table."""
import importlib.metadata
import json


def version_of(package):
    return importlib.metadata.version(package)


def result(data, program, method, seconds, version, protocol, metrics=None):
    """`seconds`: one a round."""
    print(json.dumps({"data": data, "program": program, "method": method, "seconds": seconds, "version": version, "protocol": protocol,
                      "metrics": metrics or {}}), flush=True)


def failed(data, program, method, reason):
    print(json.dumps({"data": data, "program": program, "method": method, "seconds": [], "failed": reason}), flush=True)
