"""python3 FOLDER/adjoin_report report RUNS... -o report.html; it need not be installed."""
import pathlib
import sys

# Started as a folder, Python looks for modules in the folder itself; they are those of the package.
sys.path[0] = str(pathlib.Path(__file__).resolve().parents[1])
sys.dont_write_bytecode = True

from adjoin_report.command import main  # noqa: E402

sys.exit(main())
