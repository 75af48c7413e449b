"""What `ferry inspect` says of every sample file below $CORPUS agrees with the manifest beside them, but for what tests/corpus.tsv lists
with a reason; and the faults that names of files promise are found. A format takes part by a row in KINDS."""
import csv
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

import checks

PROMISES = re.compile(r"bad|error|missing|mismatch|reject|invalid|fail|truncated|diagno|imbalance|no_isa|no\.|out_of_order|empty|ambig|quirk", re.I)


def x12_sets(file):
    for i in file["interchanges"]:
        yield from (s["set"] for g in i["groups"] for s in g["transactions"])
        yield from (s["set"] for s in i["transactions"])


def x12_doctype(file):
    """The first set; an interchange that only acknowledges another is a TA1."""
    told = {a["level"] for a in file.get("acknowledges", [])}
    return next(x12_sets(file), "TA1" if "interchange" in told else "(none)")


def x12_version(file):
    groups = [g for i in file["interchanges"] for g in i["groups"]]
    return groups[0]["version"] if groups else file["interchanges"][0]["version"] if file["interchanges"] else "(none)"


def x12_separators(file):
    """Element, component, repetition, terminator; "-" where there is none."""
    by = file["interchanges"][0]["separators"] if file["interchanges"] else {}
    return " ".join(by.get(k, "-") for k in ("element", "component", "repetition", "terminator"))


def x12_noted(notes):
    """What the notes of a manifest say, in the same words: `ver=004010 isa=105 es=* rep=U comp=> term=\\nG`."""
    note = dict(re.findall(r"(ver|es|rep|comp|term)=(.*?)(?= (?:isa|es|rep|comp|term)=|$)", notes))
    if not note:
        return {}
    end = "0x0a" if note["term"].startswith("\\n") else note["term"][:1]
    end = end if end.isascii() else f"0x{end.encode('latin-1', 'replace')[0]:02x}"
    rep = "-" if note["rep"].isalnum() else note["rep"]
    return {"version": note["ver"], "separators": f"{note['es']} {note['comp']} {rep} {end}"}


def edifact_messages(file):
    for i in file["interchanges"]:
        yield from (m for g in i["groups"] for m in g["messages"])
        yield from i["messages"]


def edifact_first(file, key):
    return next((m[key] for m in edifact_messages(file)), "") or "(none)"


def edifact_una(file):
    return file["interchanges"][0]["una"] or "none" if file["interchanges"] else "none"


def edifact_charset(file):
    return file["interchanges"][0]["syntax"] or "-" if file["interchanges"] else "-"


def edifact_version(file):
    return {"(none)": "-"}.get(v := edifact_first(file, "version"), v)


def edifact_noted(notes):
    """`una=:+.? ' charset=UNOC ver=D96A`."""
    una, charset, version = re.fullmatch(r"una=(.*) charset=(\S+) ver=(\S+)", notes).groups()
    return {"una": una.replace("\\\\", "\\"), "charset": charset, "version": version}


# kind in the manifest: kind of Ferry, what it says of a file, what notes say.
KINDS = {
    "edi/x12": ("x12", {"doctype": x12_doctype, "version": x12_version, "separators": x12_separators}, x12_noted),
    "edi/edifact": ("edifact", {"doctype": lambda f: edifact_first(f, "type"), "una": edifact_una, "charset": edifact_charset,
                                "version": edifact_version}, edifact_noted),
    "edi/tradacoms": ("tradacoms", {"doctype": lambda f: "TRADACOMS"}, lambda notes: {}),
    "csv": ("csv", {}, lambda notes: {}),
    "fixed-width": ("fixed_width", {}, lambda notes: {}),
}


def table():
    rows = [line.split("\t") for line in (checks.ROOT / "tests/corpus.tsv").read_text().splitlines() if line and line[0] != "#"]
    return [dict(zip(("path", "what", "wanted", "reason"), row)) for row in rows]


def inspect(ferry, folder, paths):
    done = subprocess.run([ferry, "inspect", "--format", "json", *(str(folder / p) for p in paths)], capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1):
        sys.exit(f"inspect ended with {done.returncode}: {done.stderr[-500:]}")
    return dict(zip(paths, json.loads(done.stdout)["files"]))


def disagreements(row, file, exceptions, used):
    kind, says, noted = KINDS[row["kind"]]
    wanted = {"kind": kind, "doctype": row["doctype"], **noted(row["notes"])}
    wanted = {what: value for what, value in wanted.items() if what == "kind" or what in says}
    for what, value in wanted.items():
        rule = next((e for e in exceptions if e["what"] == what), None)
        got = file["kind"] if what == "kind" else says[what](file) if file["kind"] == kind else "(none)"
        if rule:
            used.add(id(rule))
            if got == value:
                yield f"{row['path']}: {what} agrees, so its exception is not one"
            value = rule["wanted"]
        if got != value:
            yield f"{row['path']}: {what} {got!r}, expected {value!r}"


def found(file, wanted):
    code, _, path = wanted.partition(" ")
    return any(f["code"] == code and f["path"].endswith(path) for f in file["faults"])


def broken_promises(row, file, promises, used):
    name = row["path"].split("/", 2)[2]
    if PROMISES.search(name) and not promises and file["kind"] == KINDS[row["kind"]][0]:
        yield f"{row['path']}: its name promises something that tests/corpus.tsv does not list"
    for p in promises:
        used.add(id(p))
        if p["what"] == "fault" and not found(file, p["wanted"]):
            yield f"{row['path']}: no fault {p['wanted']}: {p['reason']}"
    if any(p["what"] == "unfound" for p in promises) and any(p["what"] == "fault" for p in promises):
        yield f"{row['path']}: both found and not"


def main(ferry):
    folder = pathlib.Path(os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or "/nonexistent")
    if not (folder / "MANIFEST.tsv").is_file():
        print("note: no corpus (name a folder with MANIFEST.tsv in CORPUS)")
        return checks.report({"the table is readable": [f"{e}" for e in table() if len(e) < 4]})
    with open(folder / "MANIFEST.tsv", newline="") as f:
        manifest = [r for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r["kind"] in KINDS]
    exceptions, used, results = table(), set(), {}
    for kind in KINDS:
        rows = [r for r in manifest if r["kind"] == kind]
        files = inspect(ferry, folder, [r["path"] for r in rows])
        for row in rows:
            mine = [e for e in exceptions if fnmatch.fnmatchcase(row["path"], e["path"].replace("[", "[[]"))]
            told = [e for e in mine if e["what"] in ("fault", "unfound", "ok")]
            results[row["path"]] = [*disagreements(row, files[row["path"]], mine, used),
                                    *broken_promises(row, files[row["path"]], told, used)]
    results["every row of the table is used"] = [f"{e['path']} {e['what']}" for e in exceptions if id(e) not in used]
    agree = sum(not v for v in results.values())
    print(f"note: {agree - 1} of {len(results) - 1} files agree, {sum(e['what'] == 'unfound' for e in exceptions)} promises are not looked for")
    checks.report(results)


main(sys.argv[1])
