"""Why there is no picture or report."""


class Failure(Exception):
    """One sentence that names the file and what would be right."""
