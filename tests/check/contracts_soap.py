"""Real WSDLs and schemas: each is read or refused for what is wrong with it, equals itself, and shows what is changed in a copy.

The files are not part of the repository: CORPUS names the folder that holds soap/ (see tests/README.md).
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.dom.minidom

import checks

FERRY = sys.argv[1]
CORPUS = pathlib.Path(os.environ.get("CORPUS", "")) / "soap"
XSD, WSDL = "http://www.w3.org/2001/XMLSchema", "http://schemas.xmlsoap.org/wsdl/"
SOAP = ("http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/")

# What is refused, by a word of the message. The samples are of a client that reads what it can; each of these refers to something
# that is not there, or is not well formed.
REFUSED = {
    "is not below the folder": 4,
    "is not fetched": 1,
    "cannot read `Common.xsd`": 3,
    "a prefix that is not declared": 5,
    "the file ends before": 3,
    "is defined nowhere": 23,
    "has no operation": 2,
    "the prefix `n` is not declared": 1,
    "there is no operation": 1,
}


def run(*words):
    return subprocess.run([FERRY, *words, "--format", "json"], capture_output=True, text=True, timeout=60)


def contracts():
    return sorted(p for p in CORPUS.rglob("*") if p.suffix in (".wsdl", ".xsd"))


def read():
    """Every file is told by its root; what is read says of itself that nothing changed."""
    refused = dict.fromkeys(REFUSED, 0)
    for path in contracts():
        told = json.loads(run("inspect", path).stdout)["files"][0]
        faults = [f["message"] for f in told["faults"]]
        early = told["kind"] == "xml" and faults  # not well formed before its root is over
        if told["kind"] not in ("wsdl", "xml_schema") and not early:
            yield f"{path}: told to be {told['kind']}"
        for word in [w for w in REFUSED if faults and w in faults[0]]:
            refused[word] += 1
        if faults and not any(w in faults[0] for w in REFUSED):
            yield f"{path}: {faults[0]}"
        if not faults and run("compare", path, path, "--all").returncode != 0:
            yield f"{path} differs from itself"
    for word, n in refused.items():
        if n != REFUSED[word]:
            yield f"{n} files are refused with `{word}`, not {REFUSED[word]}"


# --- changes ---

def elements(node, uri, name):
    return node.getElementsByTagNameNS(uri, name)


def sent(doc):
    """Local names of elements that are whole messages."""
    return {p.getAttribute("element").split(":")[-1] for p in elements(doc, WSDL, "part") if p.hasAttribute("element")}


def places(doc):
    """Elements in the sequence of an element that is sent, where its type is written out."""
    for e in elements(doc, XSD, "element"):
        if e.parentNode.localName == "schema" and e.getAttribute("name") in sent(doc):
            for kind in [c for c in e.childNodes if c.localName == "complexType"]:
                for group in [c for c in kind.childNodes if c.localName == "sequence"]:
                    yield from [c for c in group.childNodes if c.localName == "element"]


def bound(doc):
    return [o for o in elements(doc, WSDL, "operation") if o.parentNode.localName == "binding"]


def lose_operation(doc):
    names = {o.getAttribute("name") for o in bound(doc)}
    for o in [o for o in bound(doc) if len(names) > 1 and o.getAttribute("name") == min(names)]:
        o.parentNode.removeChild(o)


def change_action(doc):
    for uri in SOAP:
        for o in elements(doc, uri, "operation"):
            o.setAttribute("soapAction", o.getAttribute("soapAction") + "#other")


def change_transport(doc):
    for uri in SOAP:
        for b in elements(doc, uri, "binding"):
            b.setAttribute("transport", "urn:other")


def move(doc):
    for uri in SOAP:
        for a in elements(doc, uri, "address"):
            a.setAttribute("location", "http://elsewhere.example/")


def repeat(doc):
    for e in places(doc):
        e.setAttribute("maxOccurs", "1" if e.getAttribute("maxOccurs") not in ("", "1") else "unbounded")


def rename(doc):
    for e in places(doc):
        if e.hasAttribute("name"):
            e.setAttribute("name", e.getAttribute("name") + "Other")


def retype(doc):
    for e in places(doc):
        if e.hasAttribute("type"):
            prefix = e.tagName.split(":")[0] + ":" if ":" in e.tagName else ""
            e.setAttribute("type", prefix + "gDay")


CHANGES = {
    lose_operation: ["operation_removed"],
    change_action: ["soap_action_changed"],
    change_transport: ["transport_changed"],
    move: ["server_removed", "server_added"],
    repeat: ["element_repeats", "element_stands_once"],
    rename: ["property_refused", "required_property_removed", "property_added_to_closed"],
    retype: ["type_changed", "type_narrowed", "type_widened", "format_changed", "format_added"],
}


def altered(path, change, folder):
    doc = xml.dom.minidom.parse(str(path))
    before = doc.toxml()
    change(doc)
    if doc.toxml() == before:
        return None
    (folder / path.name).write_text(doc.toxml(), encoding="utf-8")
    return folder / path.name


def changed(counts):
    for path in [p for p in contracts() if p.suffix == ".wsdl" and run("inspect", p).returncode == 0]:
        for change, wanted in CHANGES.items():
            with tempfile.TemporaryDirectory() as folder:
                copy = pathlib.Path(folder, "copy")
                shutil.copytree(path.parent, copy, copy_function=shutil.copyfile)
                other = altered(path, change, copy)
                if other is None:
                    continue
                report = json.loads(run("compare", path, other, "--all").stdout)
                codes = {c["code"].split(".")[-1] for p in report["contracts"] for c in p["changes"]}
                counts[change.__name__] = counts.get(change.__name__, 0) + 1
                if report["unreadable"] or not codes & set(wanted):
                    yield f"{path}: {change.__name__}: found {', '.join(sorted(codes)) or 'nothing'}"


def main():
    if not CORPUS.is_dir():
        print("note: CORPUS has no soap/: real WSDLs were not compared")
        checks.report({})
        return
    counts = {}
    found = {"real WSDLs and schemas are read": list(read()), "changes of them are found": list(changed(counts))}
    few = [f"{c.__name__} was tried {counts.get(c.__name__, 0)} times" for c in CHANGES if counts.get(c.__name__, 0) < 5]
    found["each change could be made"] = few
    print("note: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
    checks.report(found)


main()
