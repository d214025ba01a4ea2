"""What `adjoin report`, `adjoin plot` and commands with --plot run. Ends with 0, or with 2 and one sentence for bad input or a package that
is missing; the command puts its own name before it."""
import argparse
import pathlib
import sys

from .failure import Failure

NEEDED = {"report": ("matplotlib", "jinja2"), "draw": ("matplotlib", "numpy"), "curves": ("matplotlib",), "training": ("matplotlib",)}


def parser():
    result = argparse.ArgumentParser(prog="adjoin_report", description="Draws what adjoin asks for.")
    commands = result.add_subparsers(dest="command", required=True)
    report = commands.add_parser("report", help="one HTML page of the records of benches or of adjoin linkpred")
    report.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUNS",
                        help="files of records that bench/run or adjoin linkpred -o wrote (.jsonl), what adjoin linkpred --json or adjoin "
                             "simplices predict --evaluate --json printed (.json), logs of adjoin train (.jsonl), or folders of them")
    report.add_argument("--title", default="adjoin: benches")
    draw = commands.add_parser("draw", help="one picture of what a command has computed: points, degrees, closures, lifecycles or a training")
    draw.add_argument("input", type=pathlib.Path, metavar="DRAWING.json")
    curves = commands.add_parser("curves", help="ROC and precision-recall curves of records")
    curves.add_argument("input", type=pathlib.Path, metavar="RECORDS")
    training = commands.add_parser("training", help="loss and metric by epoch of logs of adjoin train")
    training.add_argument("input", type=pathlib.Path, metavar="LOG")
    for command in (curves, training):
        command.add_argument("--title", default="", help="over the picture")
    for command, what in ((report, "REPORT.html"), (draw, "PICTURE"), (curves, "PICTURE"), (training, "PICTURE")):
        command.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar=what)
    return result


def missing(packages):
    import importlib.util

    return [package for package in packages if importlib.util.find_spec(package) is None]


def run(arguments):
    gone = missing(NEEDED[arguments.command])
    if gone:
        names = " and ".join(gone)
        raise Failure(f"{names} {'is' if len(gone) == 1 else 'are'} not installed for {sys.executable}: "
                      f"apt-get install {' '.join(f'python3-{name}' for name in gone)}, or pip install {' '.join(gone)}; "
                      f"ADJOIN_PYTHON names another Python")
    if arguments.command == "report":
        from .page import write_report

        write_report(arguments.runs, arguments.output, arguments.title)
    elif arguments.command == "curves":
        from .curves import draw_curves

        draw_curves(arguments.input, arguments.output, arguments.title)
    elif arguments.command == "training":
        from .training import draw_log

        draw_log(arguments.input, arguments.output, arguments.title)
    else:
        import json

        drawing = json.loads(arguments.input.read_text(encoding="utf-8"))
        draw_of(drawing["kind"])(drawing, arguments.output)


def draw_of(kind):
    """The function that draws a kind of picture; what it needs is imported only then."""
    if kind == "degrees":
        from .degrees import draw_degrees as draw
    elif kind == "closures":
        from .closures import draw_closures as draw
    elif kind == "training":
        from .training import draw_training as draw
    elif kind == "lifecycles":
        from .lifecycles import draw_lifecycles as draw
    else:
        from .embedding import draw_embedding as draw
    return draw


def main():
    arguments = parser().parse_args()
    try:
        run(arguments)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0
