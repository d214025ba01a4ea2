"""What adjoin raises. Every message is a sentence for the person who called: the value, the limit, the next step."""

import os


class Error(Exception):
    """Base of every error that adjoin raises on purpose. (A misspelt keyword is a TypeError, as everywhere in Python.)"""


class InvalidOption(Error, ValueError):
    """An option out of range, or options that contradict one another or the graph."""


class InvalidData(Error, ValueError):
    """Data that cannot be what it should be."""


class ParseError(InvalidData):
    """A file that does not say what its format demands; the message has its line and column."""


class IoError(Error, OSError):
    """A file that cannot be read or written. Where the operating system says why, it is also the OSError that Python
    has for the reason, such as FileNotFoundError."""


class DeviceError(Error, RuntimeError):
    """The GPU asked for is not there, or this build cannot use it."""


class DeviceFailure(Error, RuntimeError):
    """A GPU that was there failed while running, or ran out of memory."""


class BudgetExceeded(Error, MemoryError):
    """A run would take more memory than it may: the message says how much, and what lowers it."""


_os_errors = {}


def os_error(number, message):
    """An IoError that is also the exception which Python has for the operating system's number."""
    reason = type(OSError(number, os.strerror(number)))
    if reason is OSError:
        return IoError(message)
    if reason not in _os_errors:
        _os_errors[reason] = type(reason.__name__, (IoError, reason), {"__module__": __name__, "__doc__": IoError.__doc__})
    error = _os_errors[reason](message)
    error.errno = number
    return error
