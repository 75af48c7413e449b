"""What is larger than memory. An X12 file of more than four gigabytes that is one segment is read where it lies: its faults have offsets,
and no memory is taken for it. The file is a hole between a header and trailers, below the build folder because a folder in memory would fill
it. Two folders of a gigabyte are compared in less than half of that; their files are a few megabytes, linked under many names."""
import json
import os
import resource
import subprocess
import sys
import tempfile

import checks

HEAD = (b"ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*U*00401*000000001*0*P*>~"
        b"GS*PO*A*B*20260301*2210*7*X*004010~ST*850*0001~")
TAIL = b"~SE*3*0001~GE*1*7~IEA*1*000000001~"
SIZE = (4 << 30) + 7
MEMORY = 400_000_000
# The two kept windows are 270 MB; how far the reading threads' heaps lie apart from each other, chance decides.
TWO_SIDES = 500_000_000


LINKS, ORDERS = 220, 600  # of 2 MB of X12 and as much JSON


def limited(memory, ferry, *args):
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    return subprocess.run([ferry, *args], capture_output=True, text=True, timeout=300, preexec_fn=limit)


def write_side(folder, changed):
    """One file of each format, and links to them; one link of modern is a file of its own, with another price."""
    os.mkdir(folder)
    for ending, text in (("x12", x12(ORDERS)), ("json", json.dumps([{"id": i, "price": 1.5, "note": "x" * 40} for i in range(30000)]))):
        with open(f"{folder}/000.{ending}", "w") as f:
            f.write(text)
        for i in range(1, LINKS):
            os.link(f"{folder}/000.{ending}", f"{folder}/{i:03d}.{ending}")
        if changed:
            os.unlink(f"{folder}/100.{ending}")
            with open(f"{folder}/100.{ending}", "w") as f:
                f.write(text.replace("*1.50*", "*1.60*", 1).replace("1.5,", "1.6,", 1))


def x12(orders):
    sets = "".join(f"ST*850*{i:06d}~BEG*00*SA*PO{i}**20260301~" + "PO1*1*12*EA*1.50**UP*012345678905~PID*F****BOLT~" * 60 + f"CTT*60~SE*124*{i:06d}~"
                   for i in range(orders))
    return HEAD.decode().split("ST*")[0] + sets + f"GE*{orders}*7~IEA*1*000000001~"


def folders(ferry, folder):
    write_side(f"{folder}/legacy", False)
    write_side(f"{folder}/modern", True)
    size = sum(e.stat().st_size for side in ("legacy", "modern") for e in os.scandir(f"{folder}/{side}"))
    done = limited(TWO_SIDES, ferry, "compare", f"{folder}/legacy", f"{folder}/modern", "--ignore", "ISA13")
    told = done.stdout.splitlines()
    wanted = f"{LINKS * ORDERS + LINKS} compared: {LINKS * ORDERS + LINKS - 2} matched, 2 different"
    return [*([] if size > 2 * TWO_SIDES else [f"only {size} bytes"]),
            *([] if done.returncode == 2 else [f"ended with {done.returncode}: {done.stderr[-500:]}"]),
            *([] if any(line.startswith(wanted) for line in told) else [f"not {wanted}: {told[-12:]}"])]


def faults(ferry, folder):
    path = f"{folder}/one\nsegment.x12"
    with open(path, "wb") as f:
        f.write(HEAD)
        f.seek(SIZE)
        f.write(TAIL)
    done = limited(MEMORY, ferry, "inspect", path, "--format", "json")
    if done.returncode != 1:
        return [f"ended with {done.returncode}: {done.stderr[-500:]}"]
    file = json.loads(done.stdout)["files"][0]
    told = {(f["code"], f["offset"]) for f in file["faults"]}
    sets = file["interchanges"][0]["groups"][0]["transactions"]
    return [*([] if ("AK3-1", len(HEAD)) in told else [f"no fault at the segment: {told}"]),
            *([] if sets[0]["segments"] == 3 else [f"{sets[0]['segments']} segments"]),
            *([] if file["file"] == "one\nsegment.x12" else [f"named {file['file']!r}"])]


with tempfile.TemporaryDirectory(dir=checks.ROOT / "build") as folder:
    checks.report({"one segment of four gigabytes": faults(sys.argv[1], folder),
                   "two folders larger than memory": folders(sys.argv[1], folder)})
