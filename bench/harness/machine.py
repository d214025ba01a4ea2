"""What a measurement was made on."""
import os
import pathlib
import platform


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(": ", 1)[1]
    return platform.machine()


def description():
    """The same words for every record of one machine; nothing in it changes from run to run."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"processor": processor(), "processors": os.cpu_count(), "memory_bytes": memory, "system": system}


def phrase(machine):
    return (f"{machine['processor']}, {machine['processors']} processors, {machine['memory_bytes'] / 2**30:.0f} GiB, "
            f"{machine['system']}")
