#!/usr/bin/env python3
"""Writes the sample data of this example; the same files every time. Run from the example's folder: tools/generate.py"""
import json
import os
import random
from decimal import Decimal

draw = random.Random(856)

ITEMS = [("BP-0801", "Copy paper A4 80 g", "3.95"), ("BP-0802", "Copy paper A3 80 g", "8.10"), ("BP-1200", "Card stock white 200 g", "12.40"),
         ("BP-2010", "Kraft roll 70 cm", "21.75"), ("BP-2205", "Envelope C5, 500", "17.30"), ("BP-3001", "Corrugated sheet 80x60", "1.15"),
         ("BP-3104", "Archive box", "2.60"), ("BP-4010", "Tissue roll, 24", "9.99"), ("BP-4711", "Label sheet A4, 100", "14.20")]
SITES = [("INITECH DC AUSTIN", "11", "4120 Freidrich Lane", "Austin", "TX", "78744"),
         ("INITECH DC TOLEDO", "14", "815 Matzinger Road", "Toledo", "OH", "43612")]
CARRIERS = ["UPSN", "ODFL"]

def gtin(index):
    body = "0061414%06d" % (index + 1)
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


def lines(most):
    out = []
    for at, index in enumerate(draw.sample(range(len(ITEMS)), draw.randint(1, most)), 1):
        sku, words, price = ITEMS[index]
        out.append({"line": at, "quantity": draw.choice([6, 12, 24, 48, 120]), "unit": draw.choice(["EA", "CA"]), "price": price,
                    "gtin": gtin(index), "sku": sku, "text": words})
    return out


def document(kind, sequence, most=3):
    name, number, street, city, state, code = draw.choice(SITES)
    d = {"type": kind, "sequence": sequence, "sender": "BIRCHPAPER", "receiver": "INITECH", "number": "45%08d" % (17000 + draw.randint(1, 999) * 10 + sequence % 10),
         "date": "2026-10-%02d" % draw.randint(1, 28), "due": "2026-11-%02d" % draw.randint(9, 27), "ordered": "2026-09-%02d" % draw.randint(8, 30),
         "parties": [{"role": "BY", "name": "INITECH SUPPLY", "id": "0001"},
                     {"role": "ST", "name": name, "id": number, "street": street, "city": city, "state": state, "zip": code}],
         "references": [["DP", "%03d" % draw.randint(10, 99)], ["IA", "70%05d" % draw.randint(1, 9999)]], "lines": lines(most)}
    if kind == "856":
        d.update(shipment="SH%07d" % (88000 + sequence), cartons=draw.randint(1, 30), weight=str(draw.randint(40, 900)), carrier=draw.choice(CARRIERS))
        d["references"].append(["BM", "BOL%06d" % (4400 + sequence)])
    if kind == "810":
        d.update(invoice="INV%06d" % (30500 + sequence))
    return d


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as f:
        f.write(content)


def shipping():
    """The samples are an ordinary week: one large shipment. Tonight is the end of the quarter."""
    for sequence in range(1, 41):
        d = document("856", sequence, 3)
        if sequence == 17:
            while len(d["lines"]) <= 3:
                d["lines"] = lines(6)
        write("data/samples/shipping/856-%03d.json" % sequence, json.dumps(d, indent=1) + "\n")
    for sequence in range(201, 225):
        write("data/tonight/shipping/856-%03d.json" % sequence, json.dumps(document("856", sequence, 6), indent=1) + "\n")


def platform():
    for folder in ("platform", "platform-test"):
        state = {"target": "legacy", "held": False, "outstanding": 0, "isa13": 22310}
        write("%s/routes/shipping.json" % folder, json.dumps(state, sort_keys=True) + "\n")


shipping()
platform()
