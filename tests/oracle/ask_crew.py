"""However many threads walk a program, image and diagnostics are the same: every golden source, the examples, and fleets.

    ask_crew.py DRIVER        also built with the thread sanitizer
"""
import pathlib
import sys
import tempfile

import golden
import oracle

ROOT = golden.ROOT.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
from fleet import fleet  # noqa: E402

FAULTS = {"an error": "    require nobody.knows == 1 else \"no\"\n", "a warning": "    require 1 == 1 else \"no\"\n"}


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def golden_sources(top):
    for path in sorted(golden.ROOT.rglob("*.txt")):
        for case in golden.read_cases(path):
            folder = top / f"{path.stem}-{case.first}"
            write(folder, "main.ferry", golden.whole(case.source))
            for part in case.parts:
                if part.name == "file" and not part.argument.startswith(("/", "..")):
                    write(folder, part.argument, golden.whole(part.lines))
            yield folder / "main.ferry"


def fleets(top):
    """Whole, and with a finding in the middle, which all that walk must leave to one."""
    whole = fleet(9000, 0)
    write(top, "fleet.ferry", whole)
    yield top / "fleet.ferry"
    place = whole.index("    approve go", len(whole) // 2)
    for name, line in FAULTS.items():
        write(top, f"{name}.ferry", whole[:place] + line + whole[place:])
        yield top / f"{name}.ferry"


with tempfile.TemporaryDirectory() as at:
    top = pathlib.Path(at)
    paths = [*golden_sources(top), *sorted(ROOT.glob("examples/**/*.ferry")), *fleets(top)]
    oracle.run("crew", [(str(path), "same") for path in paths])
