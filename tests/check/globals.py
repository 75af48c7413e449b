"""No mutable globals or statics: nothing of the library lies in .data or .bss."""
import re
import subprocess

import checks

SYMBOL = re.compile(r"^[0-9a-f]+ (.{7}) (\.t?(?:data|bss)(?:\.(?!rel\.ro)\S+)?|\*COM\*)\s+([0-9a-f]+) +(\S+)$")


def mutable(archive):
    listing = subprocess.run(["objdump", "-t", archive], cwd=checks.ROOT, capture_output=True, text=True, check=True)
    member = "?"
    for line in listing.stdout.split("\n"):
        if line.endswith("file format elf64-x86-64"):
            member = line.split(":")[0]
        m = SYMBOL.match(line)
        if m and "d" not in m[1] and int(m[3], 16):
            yield f"{member}: {m[4]}, {int(m[3], 16)} bytes in {m[2]}"


checks.report({"no mutable globals": list(mutable("build/libferry.a"))})
