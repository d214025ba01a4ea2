#!/usr/bin/env python3
"""adjoin beside its peers: the same graph, the same steps, the same run, one round of everybody after another.

  cmake --preset dev && ninja -C build/dev
  python3 bench/peers/compare.py --build build/dev --scale 18 20 --repeats 5

Prints medians and ratios as Markdown. Checks that all products have one checksum (to a thousandth).
"""
import argparse
import datetime
import json
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
        if line.startswith("model name"):
            return line.split(": ")[1]
    return platform.machine()


def measure(command, folder, task):
    """One round: seconds, and what else the driver said."""
    result = subprocess.run([*command, "--graph", folder, "--task", task, "--repeats", "1"], capture_output=True, text=True, check=True)
    answer = json.loads(result.stdout.splitlines()[-1])
    return answer["seconds"][0], answer


def compare(folder, task, drivers, repeats):
    seconds = {name: [] for name in drivers}
    answers = {}
    for _ in range(repeats):
        for name, command in drivers.items():
            value, answers[name] = measure(command, folder, task)
            seconds[name].append(value)
    sums = [answer["checksum"] for answer in answers.values()]
    if task == "spmm" and max(sums) - min(sums) > 1e-3 * abs(sums[0]):
        sys.exit(f"the products differ: {sums}")
    return {name: statistics.median(values) for name, values in seconds.items()}, answers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--scale", type=int, nargs="+", default=[18, 20])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    programs = pathlib.Path(arguments.build, "bench", "peers")
    ours = [str(programs / "bench_fastrp")]
    peers = {name: [str(programs / f"peer_{name}")] for name in ("eigen", "graphblas") if (programs / f"peer_{name}").exists()}
    scipy = [sys.executable, str(HERE / "peer_scipy.py")]
    print(f"{datetime.date.today()}, {processor()}, medians of {arguments.repeats}, `{' '.join(['python3', *sys.argv])}`\n")
    print("| R-MAT scale | task | adjoin | peer | peer's time | ratio |\n|---|---|---|---|---|---|")
    for scale in arguments.scale:
        with tempfile.TemporaryDirectory() as parent:
            folder = str(pathlib.Path(parent, f"rmat-{scale}"))
            subprocess.run([*ours, "--scale", str(scale), "--export", folder], check=True, capture_output=True)
            copy, copied = measure(ours, folder, "copy")
            for task, names in (("spmm", ("eigen", "graphblas", "scipy")), ("embed", ("eigen", "scipy"))):
                drivers = {"adjoin": ours, **{n: peers[n] for n in names if n in peers}, "scipy": scipy}
                medians, answers = compare(folder, task, drivers, arguments.repeats)
                for name in list(drivers)[1:]:
                    print(f"| {scale} | {task} | {medians['adjoin']:.3f} s | {name} {answers[name]['version']} | "
                          f"{medians[name]:.3f} s | {medians[name] / medians['adjoin']:.1f} |", flush=True)
                if task == "spmm":
                    rate = answers["adjoin"]["gathered_bytes"] / medians["adjoin"] / 1e9
                    bandwidth = copied["bytes"] / copy / 1e9
                    print(f"| {scale} | spmm | gathers {rate:.1f} GB/s | copy | {bandwidth:.1f} GB/s | {rate / bandwidth:.2f} of it |")


if __name__ == "__main__":
    main()
