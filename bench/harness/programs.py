"""From the name of a program to its command: adjoin, what the build made beside it, and the drivers of peers (peers.toml)."""
import json
import pathlib
import subprocess

from .environments import Environments
from .places import PEERS
from .problem import Unavailable, closest
from .records import file_digest


class Programs:
    def __init__(self, build, adjoin, cache, table, source):
        self.build = pathlib.Path(build).resolve()
        self.adjoin_path = pathlib.Path(adjoin).resolve() if adjoin else self.build / "adjoin"
        self.source = source
        self.table = table["peers"]
        self.environments = Environments(pathlib.Path(cache) / "environments", table.get("environments", {}), source)
        self.known = {}

    def adjoin(self):
        if not self.adjoin_path.exists():
            raise Unavailable(f"{self.adjoin_path} is not built: ninja adjoin_command, or --adjoin PATH")
        return str(self.adjoin_path)

    def built(self, name):
        path = self.build / name
        if not path.exists():
            raise Unavailable(f"{path} is not built: cmake --preset dev && ninja {path.name}")
        return str(path)

    def once(self, key, make):
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def doctor(self):
        return self.once("doctor", lambda: json.loads(subprocess.run([self.adjoin(), "doctor", "--json"], capture_output=True, text=True,
                                                                     check=True).stdout))

    def cpu_level(self):
        return self.doctor()["instructions"].split()[0]

    def version(self):
        return self.doctor()["adjoin"]

    def entry(self, name):
        if name not in self.table:
            raise Unavailable(f"{self.source}: there is no peer {name}{closest(name, ['adjoin', *self.table])}")
        return self.table[name]

    def command(self, name):
        """Raises Unavailable where it is not built or does not install."""
        peer = self.entry(name)
        if "program" in peer:
            return [self.built(f"bench/peers/{peer['program']}")]
        for module in peer.get("modules", []):
            if not self.once(f"module {module}", lambda module=module: self.imports(module)):
                raise Unavailable(f"{self.source}: peers.{name}.modules: {module} is not installed for python3 here")
        if "environment" not in peer:  # a driver that needs the standard library alone
            return ["python3", str(PEERS / peer["driver"])]
        return [self.environments.python(peer["environment"]), str(PEERS / peer["driver"])]

    @staticmethod
    def imports(module):
        return subprocess.run(["python3", "-c", f"import {module}"], capture_output=True, check=False).returncode == 0

    def identity(self, name):
        """Digests of what may change between two runs of one name."""
        if name == "adjoin":
            return [self.once("adjoin digest", lambda: file_digest(self.adjoin()))]
        peer = self.entry(name)
        if "program" in peer:
            return [file_digest(self.built(f"bench/peers/{peer['program']}"))]
        parts = [file_digest(PEERS / peer["driver"])]
        if "environment" in peer:
            parts.append(" ".join(self.environments.packages(peer["environment"])))
        if peer.get("adjoin"):
            parts += self.identity("adjoin")
        return parts
