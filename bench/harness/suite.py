"""Suites: TOML files that say what is measured, read and checked. README.md states the keys.

What is wrong in one experiment leaves out that experiment, with a sentence that names file and key; the others run.
"""
import dataclasses
import pathlib
import tomllib

from .places import SUITES
from .problem import Problem, closest

SUITE_KEYS = {"title": str, "about": str, "seed": int, "rounds": int, "experiments": list}
# Of every task; a task adds its own.
EXPERIMENT_KEYS = {"name": str, "task": str, "title": str, "about": str, "data": list, "seed": int, "rounds": int, "threads": list, "timeout": int,
                   "methods": list, "published": dict}
METHOD_KEYS = {"program": str, "methods": list, "label": str, "options": dict, "rounds": int, "warmup": int, "timeout": int}


@dataclasses.dataclass
class Experiment:
    name: str
    task: str
    title: str
    about: str
    data: list
    seed: int
    rounds: int
    threads: list  # counts; each is run
    timeout: int
    methods: list  # of dicts, as in the file
    published: dict
    own: dict  # the keys of its task
    where: str  # "suites/seal.toml: experiments.seal"


@dataclasses.dataclass
class Suite:
    path: pathlib.Path
    name: str
    title: str
    about: str
    seed: int
    experiments: list
    problems: list  # sentences


def path_of(name):
    """A suite that ships, by its name, or a file. Raises Problem."""
    given = pathlib.Path(name)
    if given.suffix == ".toml":
        if not given.exists():
            raise Problem(f"there is no suite {name}")
        return given
    path = SUITES / f"{name}.toml"
    if not path.exists():
        raise Problem(f"there is no suite {name}{closest(name, [found.stem for found in SUITES.glob('*.toml')])}")
    return path


def check(where, table, known, required=()):
    """Raises Problem for a key that is unknown, missing, or of another type."""
    for key, value in table.items():
        if key not in known:
            raise Problem(f"{where}.{key}: there is no such key{closest(key, known)}")
        if not isinstance(value, known[key]) or isinstance(value, bool) != (known[key] is bool):
            kinds = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "a table", bool: "true or false"}
            raise Problem(f"{where}.{key}: {value!r} is given where {kinds[known[key]]} is expected")
    for key in required:
        if key not in table:
            raise Problem(f"{where}.{key} is missing")


def read(name, tasks, default_threads, rounds=None):
    """The suite. `tasks`: by name, what has experiment_keys, method_keys, required. Raises Problem where nothing of it can run."""
    path = path_of(name)
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"{path.name}: {error}") from None
    suite = Suite(path, path.stem, table.get("title", path.stem), table.get("about", ""), table.get("seed", 42), [], [])
    for key in [key for key in table if key not in SUITE_KEYS]:
        suite.problems.append(f"{path.name}: {key}: there is no such key{closest(key, SUITE_KEYS)}")
        del table[key]
    check(path.name, table, SUITE_KEYS, ["experiments"])
    names = set()
    for number, entry in enumerate(table["experiments"], start=1):
        try:
            experiment = experiment_of(path.name, number, entry, tasks, table.get("rounds", 1), default_threads, suite.seed)
            if experiment.name in names:
                raise Problem(f"{experiment.where}.name: two experiments have it")
        except Problem as problem:
            suite.problems.append(str(problem))
            continue
        names.add(experiment.name)
        if rounds:
            experiment.rounds = min(experiment.rounds, rounds)
        suite.experiments.append(experiment)
    return suite


def experiment_of(file, number, entry, tasks, rounds, threads, seed):
    where = f"{file}: experiments.{entry.get('name', number)}"
    task = entry.get("task")
    if task not in tasks:
        raise Problem(f"{where}.task: there is no task {task}{closest(task, tasks)}")
    kind = tasks[task]
    check(where, entry, {**EXPERIMENT_KEYS, **kind.experiment_keys}, ["name", "task", "data", "methods", *kind.required])
    for index, method in enumerate(entry["methods"], start=1):
        if not isinstance(method, dict):
            raise Problem(f"{where}.methods: {method!r} is given where a table is expected")
        check(f"{where}.methods.{index}", method, {**METHOD_KEYS, **kind.method_keys}, ["program", *kind.method_required])
    own = {key: entry[key] for key in kind.experiment_keys if key in entry}
    return Experiment(entry["name"], task, entry.get("title", entry["name"]), entry.get("about", ""), entry["data"],
                      entry.get("seed", seed), entry.get("rounds", rounds), entry.get("threads", [threads]), entry.get("timeout", 3600), entry["methods"],
                      entry.get("published", {}), own, where)
