"""What goes wrong in one sentence: of a suite, a data set, a peer. The rest of the suite goes on."""


class Problem(Exception):
    """One sentence that names the file and the key, and says what would be right."""


class Unavailable(Problem):
    """Why a program or a data set cannot be had here."""


def listed(names):
    return ", ".join(sorted(names))


def closest(name, names):
    """"; did you mean X?" where a known name is like this one."""
    import difflib

    found = difflib.get_close_matches(str(name), list(names), 1)
    return f"; did you mean {found[0]}?" if found else f"; there are {listed(names)}"
