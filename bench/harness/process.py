"""Runs programs that print a JSON object, one process a measurement, and tells in one line why one failed."""
import json
import os
import subprocess

from .problem import Problem

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS",
                    "ADJOIN_THREADS")


class Failed(Problem):
    """A program did not do its work."""


def last_line(text):
    """The line of a program's complaint that says the most: the last that names an exception, an error, or else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for said in ("Error: ", "rror"):
        found = [line for line in lines if said in line]
        if found:
            return found[-1][:300]
    return lines[-1][:300] if lines else "it said nothing"


def variables(threads, adjoin):
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads)), "ADJOIN": str(adjoin), "PYTHONWARNINGS": "ignore"}


def output_of(command, timeout, folder, environment):
    """What the program printed. Raises Failed."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, cwd=folder,
                                env=environment, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {timeout} s") from None
    except OSError as error:
        raise Failed(f"{command[0]}: {error.strerror}") from None
    if result.returncode != 0:
        raise Failed(last_line(result.stderr) if result.stderr.strip() else f"exit code {result.returncode}")
    return result.stdout


def json_of(command, timeout, folder, environment, last=False):
    """The JSON that the program printed; `last`: only its last line is JSON. Raises Failed."""
    output = output_of(command, timeout, folder, environment)
    try:
        return json.loads(output.splitlines()[-1] if last else output)
    except (IndexError, json.JSONDecodeError):
        raise Failed("it printed no JSON") from None
