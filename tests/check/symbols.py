"""No name is defined twice among the objects: which one a linker took of an archive would be chance. And
what a header offers has somebody outside its file who takes it, the product or a test: else it is private,
or dead. And the binary starts as cli/late.c says: with the C library alone, and able to ask the processor later."""
import collections
import re
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


def listed(flag):
    """Lines of nm as (object, letter, name), of all objects: a scanner or parser calls, too."""
    objects = [str(path.relative_to(ROOT)) for path in sorted(O.rglob("*.o"))]
    listing = subprocess.run(["nm", "-g", "-A", flag, *objects], cwd=ROOT, capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        yield line.split(":")[0], *line.split()[-2:]


def lonely():
    wanted = {name for _, _, name in listed("--undefined-only")}
    tested = set()
    for folder in ("tests", "bench"):
        for path in (ROOT / folder).rglob("*.[ch]"):
            tested |= set(re.findall(r"\w+", path.read_text(errors="replace")))
    called_by_libraries = "build/o/cli/late.o"
    ours = {path for path in objects() if not path.startswith("build/o/gen/")} - {called_by_libraries}
    for place, kind, name in listed("--defined-only"):
        if kind == "T" and place in ours and name != "main" and name not in wanted | tested:
            yield f"{name} of {place}: make it static, or take it away"


def start():
    ferry = ROOT / "build/ferry"
    told = subprocess.run(["readelf", "-d", str(ferry)], capture_output=True, text=True, check=True).stdout
    needed = [line.split("[")[1].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line]
    if needed != ["libc.so.6"]:
        yield f"ferry loads {', '.join(needed)}"
    names = subprocess.run(["nm", str(ferry)], capture_output=True, text=True, check=True).stdout.split()
    for name in ("OPENSSL_cpuid_setup", "__wrap_OPENSSL_cpuid_setup"):
        if name not in names:
            yield f"ferry has no {name}: hashes are slow, or the processor is asked at each start"


checks.report({"no name is defined twice": list(twice()), "no public function without a caller": list(lonely()),
               "the binary starts with little": list(start())})
