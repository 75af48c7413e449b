"""XML, JSON and YAML files below $CORPUS: `ferry inspect` calls each what it is, `compare` finds each equal to itself, JSON's y_ and n_
files are sound and faulty, and pairs that say in a label whether they match get that verdict.

A pair whose label rests on what no rule of Ferry says is counted by its reason, and not compared."""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import checks

XML = {"xml-invoice": ("UBL", "CII"), "xml-iso20022": ("ISO 20022", "SWIFT Alliance"), "soap": ("SOAP", "WSDL", "XML Schema")}
NODE_SOAP = "soap/vpulim-node-soap/"
# What is right to say of these differs from what their names say.
EXCEPTIONS = {
    "xml/prowide-prowide-iso20022/pacs.002-CDATA-nonamespace.xml": "has no namespace, by which alone standards are told",
    NODE_SOAP + "Dummy__ref_element_should_have_correct_namespace/response.xml": "is MIME, with the envelope in a part",
    NODE_SOAP + "Dummy__ref_element_should_have_correct_namespace_with_overrideElementKey/response.xml": "is MIME",
    NODE_SOAP + "Dummy__should_extract_envelope_from_response/response.xml": "is MIME",
    NODE_SOAP + "administrate__Complex_json_object_namespace_issue/response.json": "is the word null",
    # libxml2 says the same of these.
    NODE_SOAP + "Dummy__should_use_defined_xml_key_in_first_level_for_rpc/soap.wsdl": "a prefix is not declared",
    NODE_SOAP + "GET_DATA__should_work_with_more_deeply_nested_XML_messages_and_without_security/request.xml": "a name has two colons",
    NODE_SOAP + "wsdl/attachments.wsdl": "a prefix is not declared",
    NODE_SOAP + "wsdl/mergeWithAttributes/def.xsd": "a prefix is not declared",
    NODE_SOAP + "wsdl/recursive/A.xsd": "ends too early",
    NODE_SOAP + "wsdl/recursive/B.xsd": "ends too early",
    NODE_SOAP + "wsdl/ws-policy.wsdl": "a prefix is not declared",
}


def ferry_json(ferry, *args):
    done = subprocess.run([ferry, *map(str, args), "--format", "json"], capture_output=True, text=True, errors="replace")
    if done.returncode not in (0, 1, 2):
        sys.exit(f"ferry {args[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return json.loads(done.stdout)


def manifest(folder):
    rows = [line.split("\t") for line in (folder / "MANIFEST.tsv").read_text().splitlines()[1:]]
    return [(r[0], r[1]) for r in rows]


def told(folder, ferry, rows):
    """Kind and family as the manifest and the file's name have them; a contract is read as the XML that it is."""
    for wanted in ("json", "xml"):
        mine = [r for r in rows if r[0].endswith(".json") == (wanted == "json")]
        of = ("--kind", "xml") if wanted == "xml" else ()
        files = ferry_json(ferry, "inspect", *of, *(folder / path for path, _ in mine))["files"]
        for (path, kind), file in zip(mine, files):
            agrees = file["kind"] == wanted and not file["faults"]
            if wanted == "xml":
                agrees = agrees and file["family"] in XML.get(kind, ("",))
            if agrees == (path in EXCEPTIONS):
                yield f"{path}: {file['kind']} {file.get('family')!r} {file['faults'][:1]}" + (", so its exception is not one" if agrees else "")


CONTRACTS = {".wsdl": "wsdl", ".xsd": "xml_schema"}


def told_alone(folder, ferry, rows):
    """What is told without a word is what the manifest says, or the contract that its name says."""
    files = ferry_json(ferry, "inspect", *(folder / path for path, _ in rows))["files"]
    for (path, _), file in zip(rows, files):
        suffix = pathlib.Path(path).suffix
        if path not in EXCEPTIONS and file["kind"] != CONTRACTS.get(suffix, suffix[1:]):
            yield f"{path}: {file['kind']}"


def labels(folder, ferry, rows):
    named = [p for p, kind in rows if kind == "json-syntax" and pathlib.Path(p).name[:2] in ("y_", "n_")]
    files = ferry_json(ferry, "inspect", "--kind", "json", *(folder / p for p in named))["files"]
    for path, file in zip(named, files):
        sound = all(f["message"] == "duplicate key" for f in file["faults"])
        if sound != pathlib.Path(path).name.startswith("y_"):
            yield f"{path}: {file['faults'][:1]}"


def whole(body):
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def reference(path, xml):
    """A place as Pact writes it, as Ferry does; what is below it belongs to it."""
    path = re.sub(r"(\[\*\]|\.\*)+$", "", path.replace("['#text']", ""))
    if not xml:
        return re.sub(r"\['([^']*)'\]", r'["\1"]', path)
    return re.sub(r"\['(@\w+)'\]", r"/\1", path[1:]).replace("[*]", "").replace(".", "/") or "/*"


def matchers(rules, xml):
    """Matchers of a body as constraints, of two that hold at a place the one that says more first."""
    found = [(reference(path, xml), m) for path, rule in rules.items() for m in rule["matchers"]]
    found.sort(key=lambda f: (-len(f[0]), f[1].get("match") != "regex", -f[1].get("min", 0)))
    for ref, m in found:
        bound = f"matches({m['regex']})" if m.get("match") == "regex" else f"like({m.get('min', 1)})"
        yield f"--constrain={ref}={bound}"
        if m.get("match") == "regex":  # values that change places are of their form all the same
            yield f"--unordered={re.sub(r'.[0-9]+.$', '', ref)}"


def pact(folder, rows):
    """(path, both sides, whether they match, may the actual side have more, constraints) or (path, reason)."""
    for path in (p for p, kind in rows if kind == "json-pairs" and "pact" in p):
        case = json.loads((folder / path).read_bytes())
        part = pathlib.Path(path).parent.name
        old, new = case["expected"], case["actual"]
        rules = old.get("matchingRules", {})
        content = old.get("contents" if "contents" in old else part)
        xml = isinstance(content, str) and content.lstrip().startswith("<")
        if rules and "body" not in rules:
            yield path, "its matchers are for headers and queries of HTTP"
        elif rules and (path.endswith("array_size_less_than_required_xml.json") or isinstance(content, str) and not xml):
            yield path, "what is equal on both sides is right, whatever a matcher says"
        elif rules:
            actual = new.get("contents" if "contents" in new else part, "")
            yield path, whole(content), whole(actual), case["match"], "request" not in path, list(matchers(rules["body"], xml))
        elif part == "headers":
            yield path, "headers of HTTP: the case of names and blanks in lists mean nothing, and more of them are allowed"
        elif part not in old and part != "body":
            yield path, f"nothing is said of its {part}"
        elif part == "body" and old.get("body") is None:
            yield path, "no body is expected, or none but null: any will do, or none"
        else:
            yield path, whole(old[part]), whole(new.get(part, "")), case["match"], "request" not in path, []


def by_matchers(ferry, cases, at, reasons):
    """Each pair that has matchers, under them."""
    for path, old, new, match, more, rules in cases:
        for side, data in (("old", old), ("new", new)):
            pathlib.Path(at, side).write_bytes(data)
        pair, = ferry_json(ferry, "compare", pathlib.Path(at, "old"), pathlib.Path(at, "new"), *rules)["pairs"]
        defects = [d for d in pair["differences"] if d["class"] == "defect"]
        if match and defects and more and all(d["legacy"] is None for d in defects):
            reasons["an answer may hold more than was expected"] += 1
        elif (pair["verdict"] == "matched") != match:
            yield f"{path}: {pair['verdict']}, labelled {match}: {old[:200]} {new[:200]} {rules} {defects[:2]}"


def pairs(folder, ferry, rows, reasons):
    wanted, with_matchers = {}, []
    with tempfile.TemporaryDirectory() as at:
        for side in ("old", "new"):
            pathlib.Path(at, side).mkdir()
        for i, case in enumerate(pact(folder, rows)):
            if len(case) == 2:
                reasons[case[1]] += 1
                continue
            if case[5]:
                with_matchers.append(case)
                continue
            wanted[str(i)] = case
            for side, data in zip(("old", "new"), case[1:3]):
                pathlib.Path(at, side, str(i)).write_bytes(data)
        for p in ferry_json(ferry, "compare", pathlib.Path(at, "old"), pathlib.Path(at, "new"), "--all")["pairs"]:
            path, old, new, match, more, _ = wanted[p["key"]]
            defects = [d for d in p["differences"] if d["class"] == "defect"]
            if match and defects and more and all(d["rule"] == "extra" for d in defects):
                reasons["an answer may hold more than was expected"] += 1
            elif match and defects and all(d["rule"] == "order" and d["path"].startswith("/") for d in defects):
                reasons["elements of XML may stand in any order there"] += 1
            elif (p["verdict"] == "matched") != match:
                yield f"{path}: {p['verdict']}, labelled {match}: {old[:200]} {new[:200]} {defects[:2]}"
    with tempfile.TemporaryDirectory() as at:
        yield from by_matchers(ferry, with_matchers, at, reasons)
    if not wanted or not with_matchers:
        yield "no pairs"


# Pairs of YAML that say the same in other words.
SAME_YAML = {"yaml/homeport-dyff/issues/issue-111/from.yml": "quotes around a date, which the core schema has for a text",
             "yaml/homeport-dyff/issues/issue-605/from.yml": "a text broken over lines"}


def versions(folder, ferry):
    """YAML is compared by what it says."""
    for old in sorted(p for p in (folder / "yaml").rglob("*") if p.is_file() and p.name.startswith(("from.", "old."))):
        new = old.with_name(old.name.replace("from.", "to.").replace("old.", "new."))
        pair, = ferry_json(ferry, "compare", old, new)["pairs"]
        if pair["kind"] != ("json" if old.suffix == ".json" else "yaml"):
            yield f"{old}: {pair['kind']}"
        if (pair["verdict"] == "matched") != (str(old.relative_to(folder)) in SAME_YAML):
            yield f"{old}: {pair['verdict']}"


def selves(folder, ferry, rows):
    """Each equals itself: the same folder on both sides."""
    for top in sorted({pathlib.Path(p).parts[0] for p, _ in rows}):
        result = ferry_json(ferry, "compare", folder / top, folder / top)
        for p in result["pairs"]:
            faulty = f"{top}/{p['key']}" in EXCEPTIONS or pathlib.Path(p["key"]).name[:2] in ("n_", "i_")
            if p["verdict"] != "matched" and not (p["verdict"] == "unreadable" and faulty):
                yield f"{top}/{p['key']}: {p['verdict']} {p['differences'][:1]}"


def main(ferry):
    folder = pathlib.Path(os.environ.get("CORPUS") or os.environ.get("FERRY_CORPUS") or "/nonexistent")
    if not (folder / "MANIFEST.tsv").is_file():
        print("note: no corpus (name a folder with MANIFEST.tsv in CORPUS)")
        return checks.report({"no corpus": []})
    rows, reasons = manifest(folder), collections.Counter()
    trees = [r for r in rows if r[1] in ("xml-invoice", "xml-iso20022", "soap") or r[0].endswith(".input.xml")]
    results = {
        "kinds": list(told(folder, ferry, trees)),
        "kinds that nobody names": list(told_alone(folder, ferry, trees)),
        "labels of JSON": list(labels(folder, ferry, rows)),
        "labels of pairs": list(pairs(folder, ferry, rows, reasons)),
        "versions of YAML": list(versions(folder, ferry)),
        "equal to themselves": list(selves(folder, ferry, [r for r in rows if r[1] in (*XML, "xml-other", "json-syntax", "json-pairs")])),
    }
    print(f"note: {len(trees)} files told, {sum(reasons.values())} pairs rest on what no rule says")
    for reason, n in reasons.most_common():
        print(f"note: {n}: {reason}")
    return checks.report(results)


main(sys.argv[1])
