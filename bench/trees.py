"""Orders as XML and JSON, as two platforms write them: the same documents, in other layout, order and prefixes; and how fast they are
compared, beside the tools that people would bring both sides into one form with."""
import json
import os
import random
import re
import shutil
import statistics
import sys

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NOISY = 1000  # of so many orders, one writes a price as another decimal


def xml_legacy(i, day, name, lines):
    inside = "".join(f"""    <Line>
      <c:ID>{k}</c:ID>
      <c:Quantity unitCode="EA" scheme="X">{n}</c:Quantity>
      <c:Price currencyID="EUR">{p / 100:.2f}</c:Price>
      <c:Note>Schraube M{a}x{b} verzinkt</c:Note>
    </Line>
""" for k, n, p, a, b in lines)
    return f"""  <Order id="{i}" status="open">
    <c:ID>PO-{i:08d}</c:ID>
    <c:IssueDate>2026-03-{day:02d}</c:IssueDate>
    <c:Name>Müller &amp; Söhne GmbH {name}</c:Name>
    <c:City>Ulm</c:City>
{inside}  </Order>
"""


def xml_modern(i, day, name, lines):
    inside = "".join(f'<o:Line><ID xmlns="{CBC}">{k}</ID><b:Quantity scheme="X" unitCode="EA">{n}</b:Quantity>'
                     f'<b:Price currencyID="EUR">{p / 100:.2f}</b:Price><b:Note>Schraube M{a}x{b} verzinkt</b:Note></o:Line>'
                     for k, n, p, a, b in lines)
    return (f"<o:Order status='open' id='{i}'><b:ID>PO-{i:08d}</b:ID><b:IssueDate>2026-03-{day:02d}</b:IssueDate>"
            f"<b:Name>Müller &#38; Söhne GmbH {name}</b:Name><b:City>Ulm</b:City>{inside}</o:Order>\n")


def json_order(i, day, name, lines):
    return {"id": f"PO-{i:08d}", "status": "open", "date": f"2026-03-{day:02d}",
            "buyer": {"name": f"Müller & Söhne GmbH {name}", "city": "Ulm", "active": True, "vat": None},
            "lines": [{"line": k, "quantity": n, "unit": "EA", "price": p / 100, "note": f"Schraube M{a}x{b} verzinkt"} for k, n, p, a, b in lines]}


def json_legacy(*of):
    return json.dumps(json_order(*of), indent=1, ensure_ascii=False)


def json_modern(i, *rest):
    """Other members first, other blanks, and here and there 1.50 for 1.5."""
    order = json_order(i, *rest)
    text = json.dumps({k: order[k] for k in ("lines", "date", "buyer", "status", "id")}, indent=2, ensure_ascii=False)
    return text if i % NOISY else re.sub(r'("price": [0-9.]+)', r"\g<1>0", text)


FORMATS = {
    "xml": ((xml_legacy, xml_modern),
            (f'<?xml version="1.0" encoding="UTF-8"?>\n<Orders xmlns="urn:example:orders" xmlns:c="{CBC}">\n',
             f'<o:Orders xmlns:b="{CBC}" xmlns:o="urn:example:orders">'), "", ("</Orders>\n", "</o:Orders>")),
    "json": ((json_legacy, json_modern), ('{"orders": [\n', '{ "orders" : ['), ",\n", ("]}\n", "] }")),
}


def write_pair(kind, paths, size):
    """Both sides, until they hold 2 * size bytes together."""
    makers, heads, between, tails = FORMATS[kind]
    r, total, i = random.Random(4711), 0, 0
    files = [open(p, "w", encoding="utf-8") for p in paths]
    for f, head in zip(files, heads):
        f.write(head)
    while total < 2 * size:
        i += 1
        lines = [(k, r.randint(1, 500), r.randint(100, 99999), r.randint(3, 20), r.randint(10, 90)) for k in range(1, r.randint(2, 8))]
        day, name = r.randint(1, 28), r.randint(1, 999)
        for f, maker in zip(files, makers):
            total += f.write((between if i > 1 else "") + maker(i, day, name, lines))
    for f, tail in zip(files, tails):
        f.write(tail)
        f.close()


# What it is called, its command for one file, its package.
PEERS = {"xml": ("xmllint --exc-c14n", "--exc-c14n {}", "libxml2-utils"), "json": ("jq -S", "-S . {}", "jq")}


def compare_rates(kind, ferry, folder, pairs, size=200_000_000, small=10_000_000):
    """Two sides equal but for layout, MB/s a side; the peer twice, of few megabytes, for it is slow or takes gigabytes."""
    name, arguments, package = PEERS[kind]
    tool = shutil.which(name.split()[0]) or sys.exit(f"bench: {name.split()[0]} is missing (package {package})")
    big, few = ([str(folder / f"{n}-{side}.{kind}") for side in ("legacy", "modern")] for n in ("big", "few"))
    write_pair(kind, big, size)
    write_pair(kind, few, small)
    both = " && ".join(f"{tool} {arguments.format(file)} >/dev/null" for file in few)
    taken = pairs({"ferry compare": [ferry, "compare", *big], name: ["/bin/sh", "-c", both]}, 5)
    mb = {who: sum(map(os.path.getsize, files)) / 2e6 for who, files in (("ferry compare", big), (name, few))}
    for file in (*big, *few):
        os.unlink(file)
    rates = {who: [mb[who] / s for s in seconds[0]] for who, seconds in taken.items()}
    ratio = statistics.median(a / b for a, b in zip(rates["ferry compare"], rates[name]))
    return {f"{who}, MB/s a side": statistics.median(r) for who, r in rates.items()} | {
        "MB a side": mb["ferry compare"], "ratio (rate, above 1 is faster)": ratio}
