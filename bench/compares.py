"""X12 of two platforms that say the same: how fast it is compared, beside what people would do with the tools at hand: blank out what may
differ, segment by segment, and have diff or cmp compare what is left, in its order."""
import os
import shutil
import statistics
import sys

from orders import orders

# What a script blanks out that knows which elements are noise; it knows nothing of pairs, numbers, loops or counts.
BLANK = """BEGIN { RS = "~"; FS = OFS = "*" } { sub(/^\\n/, "") }
$1 == "ISA" { $10 = $11 = $14 = "" } $1 == "GS" { $5 = $6 = $7 = "" }
$1 == "ST" || $1 == "SE" || $1 == "GE" || $1 == "IEA" { $3 = "" } { print }"""

# What modern has beside other control numbers, dates and times in its envelopes.
SIDES = {"envelopes": {}, "1 of 1000 differs": {"differs": 1000}, "1 of 10 as 12.340": {"forms": 10}}


def compare_rates(ferry, folder, pairs, size=200_000_000):
    """X12: two sides equal but for noise, MB/s a side"""
    mawk = shutil.which("mawk") or sys.exit("bench: mawk is missing (package mawk)")
    legacy, script = folder / "legacy.x12", folder / "blank.awk"
    script.write_text(BLANK)
    with open(legacy, "w") as f:
        f.writelines(orders(size))
    mb, shown = legacy.stat().st_size / 1e6, {}
    for name, how in SIDES.items():
        modern = folder / "modern.x12"
        with open(modern, "w") as f:
            f.writelines(orders(size, again=True, **how))
        blanked = [f"{mawk} -f {script} {path} >{path}.blank" for path in (legacy, modern)]
        status = 2 if "differs" in how else 0
        commands = {"ferry": ["/bin/sh", "-c", f"{ferry} compare {legacy} {modern}; [ $? = {status} ]"]}
        if name == "envelopes":
            commands |= {"mawk and diff": ["/bin/sh", "-c", f"{' && '.join(blanked)} && diff {legacy}.blank {modern}.blank"],
                         "cmp of equal bytes": ["/bin/sh", "-c", f"cmp {legacy} {folder}/copy"],
                         "wc -l of both": [shutil.which("wc"), "-l", str(legacy), str(modern)]}
            shutil.copy(legacy, folder / "copy")
        taken = pairs(commands, 5 if len(commands) == 1 else 3)
        rate = {who: [mb / s for s in seconds[0]] for who, seconds in taken.items()}
        shown[f"ferry compare, {name}, MB/s"] = statistics.median(rate["ferry"])
        shown[f"ferry compare, {name}, MB/s by the clock"] = mb / statistics.median(taken["ferry"][1])
        for who in rate:
            if who != "ferry":
                shown[f"{who}, MB/s"] = statistics.median(rate[who])
                shown[f"ratio to {who} (rate, above 1 is faster)"] = statistics.median(a / b for a, b in zip(rate["ferry"], rate[who]))
        os.unlink(modern)
    return shown | {"MB a side": mb}
