"""Where things stand: the checkout, the data sets, what a build made, and the cache."""
import os
import pathlib

BENCH = pathlib.Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
PEERS = BENCH / "peers"
SUITES = BENCH / "suites"


def data_folder():
    """Public data sets stand beside the checkout; ADJOIN_DATA names another folder."""
    return pathlib.Path(os.environ.get("ADJOIN_DATA", ROOT.parent / "shared" / "data"))
