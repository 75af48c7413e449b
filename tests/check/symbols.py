"""No name is defined twice among the objects: which one a linker took of an archive would be chance."""
import collections
import subprocess

import checks

ROOT = checks.ROOT
O = ROOT / "build/o"


def objects():
    """Those whose source is still there."""
    for path in sorted(O.rglob("*.o")):
        source = path.relative_to(O).with_suffix(".c")
        if source.parts[0] == "gen" or (ROOT / source).is_file():
            yield str(path.relative_to(ROOT))


def defined():
    listing = subprocess.run(["nm", "-g", "-A", "--defined-only", *objects()], cwd=ROOT, capture_output=True,
                             text=True, check=True)
    places = collections.defaultdict(list)
    for line in listing.stdout.splitlines():  # build/o/vm/turn.o:0000000000000040 T vm_turn
        place, name = line.split(":")[0], line.split()[-1]
        places[name].append(place)
    return places


def twice():
    places = defined()
    if not {"main", "vm_turn", "text_compare"} <= places.keys():
        yield "nm shows neither main nor the machine: it tells nothing"
    for name, where in sorted(places.items()):
        if len(where) > 1:
            yield f"{name}: {', '.join(where)}"


checks.report({"no name is defined twice": list(twice())})
