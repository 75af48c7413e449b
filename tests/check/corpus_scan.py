"""What `ferry inspect --scan` finds in the sample files below $CORPUS: health information stands in X12 sets of health care and nowhere
else, told by its place; the other findings are those of FOUND, each of which was looked at by hand, with the reason for which it is one.
What is found beyond that is a false alarm, until somebody has looked at it and adds a row."""
import collections
import fnmatch
import json
import os
import pathlib
import subprocess
import sys

import checks

HEALTH = {"270", "271", "275", "276", "277", "278", "834", "835", "837"}
CLAIMS = {"834", "835", "837"}
# files, rule, evidence, number, why.
FOUND = [
    ("edi/x12/kputnam-stupidedi/*BE834*", "us.ssn", "certain", 7, "NM108 is 34"),
    ("edi/x12/linuxforhealth-x12/*834*", "us.ssn", "certain", 7, "NM108 is 34"),
    ("edi/x12/indice-co-edi.net/x12.Issue88.edi", "us.ssn", "certain", 1, "REF01 is SY"),
    ("edi/x12/*", "us.mbi", "certain", 1, "a member's number in the form of Medicare's"),
    ("fixed-width/moov-io-wire/*", "us.ssn", "likely", 5, "TXID/123-45-6789: a taxpayer of the United States, as Fedwire writes it"),
    ("fixed-width/moov-io-metro2/*", "us.ssn", "certain", 3, "the consumers of a credit report, in base, J1 and J2"),
    ("openapi/adyen/*", "card.number", "certain", 13, "a test card of the network, called cardNumber, or number below card"),
    ("soap/vpulim-node-soap/RetrieveCustomerDetails*", "card.number", "likely", 2,
     "accountNumber 8272600234806371: a telephone company's, by form RuPay's; nothing there says which"),
]
# Files of claims, remittances and enrollments in which nothing is found, and why that is right.
NOTHING = {
    "edi/x12/cosyte-x12/envelope/availity-repetition.edi": "empty sets",
    "edi/x12/cosyte-x12/envelope/medicare-canonical.edi": "empty sets",
    "edi/x12/xlate-staedi/x12/sample837-HL-nested.edi": "levels without anybody in them",
    "edi/x12/xlate-staedi/x12/sample837-small.edi": "a provider, and nobody else",
}


def scanned(ferry, folder):
    done = subprocess.run([ferry, "inspect", "--scan", "--format", "json", str(folder)], capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1):
        sys.exit(f"inspect ended with {done.returncode}: {done.stderr[-500:]}")
    return [f for f in json.loads(done.stdout)["files"] if "/" in f["file"] and not f["file"].startswith("LICENSES/")]


def sets_of(file):
    for i in file.get("interchanges", []):
        yield from (s["set"] for g in i["groups"] for s in g.get("transactions", []))
        yield from (s["set"] for s in i.get("transactions", []))


def main(ferry):
    folder = pathlib.Path(os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or "/nonexistent")
    if not (folder / "MANIFEST.tsv").is_file():
        print("note: no corpus (name a folder with MANIFEST.tsv in CORPUS)")
        return checks.report({"the table is readable": [f"{e}" for e in FOUND if len(e) != 5]})
    files, misplaced, alarms, empty = scanned(ferry, folder), [], [], []
    rules, found = collections.Counter(), collections.Counter()
    for f in files:
        sets = set(sets_of(f)) if f["kind"] == "x12" else set()
        for x in f["compliance"]["findings"]:
            rules[f"{x['rule']} {x['evidence']}"] += 1
            if x["rule"].startswith("health."):
                if not sets & HEALTH:
                    misplaced.append(f"{f['file']}: {x['rule']} at {x['path']}")
                continue
            row = next((i for i, e in enumerate(FOUND) if fnmatch.fnmatchcase(f["file"], e[0]) and e[1:3] == (x["rule"], x["evidence"])), None)
            if row is None:
                alarms.append(f"{f['file']}: {x['rule']} {x['evidence']} at {x['path']}: {x['value']}")
            found[row] += 1
        if sets & CLAIMS and not f["compliance"]["findings"] and f["file"] not in NOTHING:
            empty.append(f["file"])
    verdicts = collections.Counter(max(f["compliance"]["verdicts"].values(), key=["pass", "not evidenced", "fail"].index) for f in files)
    print(f"note: {len(files)} files: {', '.join(f'{verdicts[v]} {v}' for v in ('pass', 'fail', 'not evidenced'))}")
    print(f"note: {', '.join(f'{n} {rule}' for rule, n in sorted(rules.items()))}")
    nothing = {f["file"] for f in files if not f["compliance"]["findings"]}
    checks.report({
        "health information stands in sets of health care": misplaced,
        "every other finding is known": alarms,
        "what is known is found": [f"{e[0]}: {e[1]} {e[2]} {found[i]} times, not {e[3]}" for i, e in enumerate(FOUND) if found[i] != e[3]],
        "claims, remittances and enrollments hold something": empty,
        "what holds nothing is there": sorted(set(NOTHING) - nothing),
    })


main(sys.argv[1])
