"""The arguments of `adjoin report` and `adjoin plot`, and their exit codes: 0 done, 2 bad input or a package that is missing."""
import argparse
import os
import pathlib
import sys

from .failure import Failure

NEEDED = {"report": ("matplotlib", "jinja2"), "plot": ("matplotlib", "numpy")}


def parser():
    result = argparse.ArgumentParser(prog=os.environ.get("ADJOIN_PROGRAM", "adjoin"), description="Reports and pictures of results.")
    commands = result.add_subparsers(dest="command", required=True)
    report = commands.add_parser("report", help="one HTML page of the records of benches or of adjoin linkpred")
    report.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUNS",
                        help="files of records that bench/run or adjoin linkpred -o wrote (.jsonl), what adjoin linkpred --json printed "
                             "(.json), or folders of them")
    report.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="REPORT.html")
    report.add_argument("--title", default="adjoin: benches")
    plot = commands.add_parser("plot", help="one picture: of an embedding, of a graph's degrees, of curves of adjoin linkpred")
    plot.add_argument("input", type=pathlib.Path, metavar="INPUT",
                      help="vectors as adjoin embed writes them (.npy, or text); with --degrees a graph of two columns; with --curves records of "
                           "adjoin linkpred --curves")
    plot.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="PICTURE", help=".svg, .html, .png or .pdf")
    what = plot.add_mutually_exclusive_group()
    what.add_argument("--degrees", action="store_true", help="draw the degree distribution of a graph")
    what.add_argument("--curves", action="store_true", help="draw ROC and precision-recall curves")
    plot.add_argument("--labels", type=pathlib.Path, help="colours of points: a name and a label a line, separated by tab, comma or space")
    plot.add_argument("--method", choices=["pca", "tsne"], default="pca", help="how vectors come to two dimensions; tsne needs scikit-learn")
    plot.add_argument("--perplexity", type=float, default=30, help="of t-SNE: about how many neighbours count")
    plot.add_argument("--annotate", default="", help="names to write beside their points, separated by commas")
    plot.add_argument("--title", default="", help="over the picture")
    return result


def missing(packages):
    import importlib.util

    return [package for package in packages if importlib.util.find_spec(package) is None]


def run(arguments):
    gone = missing(NEEDED[arguments.command])
    if gone:
        names = " and ".join(gone)
        raise Failure(f"{names} {'is' if len(gone) == 1 else 'are'} not installed for {sys.executable}: "
                      f"apt-get install {' '.join(f'python3-{name}' for name in gone)}, or pip install {' '.join(gone)}")
    if arguments.command == "report":
        from .page import write_report

        write_report(arguments.runs, arguments.output, arguments.title)
    elif arguments.degrees:
        from .degrees import draw_degrees

        draw_degrees(arguments.input, arguments.output, arguments.title)
    elif arguments.curves:
        from .curves import draw_curves

        draw_curves(arguments.input, arguments.output, arguments.title)
    else:
        from .embedding import draw_embedding

        draw_embedding(arguments)


def main():
    arguments = parser().parse_args()
    try:
        run(arguments)
    except Failure as failure:
        print(f"adjoin {arguments.command}: {failure}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"adjoin {arguments.command}: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"wrote {arguments.output}", file=sys.stderr)
    return 0
