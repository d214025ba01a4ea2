"""What the tasks share that drive programs under the contract of bench/peers/README.md."""
import shlex


def unavailable(problem):
    """A run that fails with this sentence."""
    def run(*_):
        raise problem
        yield

    return run


def arguments_of(method):
    return [str(word) for word in method.get("arguments", [])]


def driver_words(arrays, task, dim, threads, method, warmup, repeats):
    return ["--graph", str(arrays), "--task", task, "--dim", str(dim), "--threads", str(threads), "--warmup", str(warmup),
            "--repeats", str(repeats), *arguments_of(method)]


def told(command):
    return shlex.join(str(word) for word in command)


def shown(bench, command):
    """A command without the folders of this machine."""
    return [word.replace(str(bench.cache) + "/", "").replace(str(bench.root) + "/", "").replace(str(bench.programs.build) + "/", "")
            for word in command]
