"""A job makes one or several records, each as soon as it is there."""
import dataclasses
import typing

from .records import digest


@dataclasses.dataclass
class Job:
    whats: list  # of dicts: all that each record depends on
    run: typing.Callable  # run(pending) yields (what, what was measured); raises Problem, which then is of all that are left

    @staticmethod
    def key(what):
        return digest({name: value for name, value in what.items() if name not in ("suite", "title", "label")})


def tuple_of(experiment, suite, data, program, method, label, options, round_number, threads, identity):
    """What a record says of itself before anything has run."""
    return {"suite": suite.name, "experiment": experiment.name, "title": experiment.title, "task": experiment.task, "data": data,
            "program": program, "method": method, "label": label, "options": options, "round": round_number, "seed": experiment.seed,
            "threads": threads, "identity": identity}
