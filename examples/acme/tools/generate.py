#!/usr/bin/env python3
"""Writes the sample data of this example; the same files every time. Run from the example's folder: tools/generate.py"""
import json
import os
import random
from decimal import Decimal

draw = random.Random(850)

ITEMS = [("AC-1001", "Hex bolt M8x40 zinc", "0.42"), ("AC-1002", "Hex nut M8 zinc", "0.11"), ("AC-1107", "Flange bearing 25 mm", "18.90"),
         ("AC-1210", "Roller chain 08B-1, 5 m", "34.50"), ("AC-1314", "Proximity switch PNP", "27.25"), ("AC-1415", "Pneumatic valve 5/2", "61.00"),
         ("AC-1502", "Hydraulic hose DN12, 3 m", "22.80"), ("AC-1603", "Gear motor 0.37 kW", "248.00"), ("AC-1718", "Emergency stop button", "14.75"),
         ("AC-1820", "Cable gland M20", "1.35"), ("AC-1904", "Control cabinet 600x400", "189.90"), ("AC-2011", "Safety relay 24 V", "73.60")]
SITES = [("GLOBEX DC MEMPHIS", "0042", "4150 Air Trans Road", "Memphis", "TN", "38118"),
         ("GLOBEX DC RENO", "0057", "700 Waltham Way", "Sparks", "NV", "89434"),
         ("GLOBEX DC JOLIET", "0061", "21 Laraway Road", "Joliet", "IL", "60433")]
CARRIERS = ["UPSN", "FXFE", "ODFL"]
COUNT = 12  # documents of each type


def gtin(index):
    body = "0061414%06d" % (index + 1)
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


def lines():
    out = []
    for at, index in enumerate(draw.sample(range(len(ITEMS)), draw.randint(1, 5)), 1):
        sku, words, price = ITEMS[index]
        out.append({"line": at, "quantity": draw.choice([6, 12, 24, 48, 120]), "unit": draw.choice(["EA", "CA"]), "price": price,
                    "gtin": gtin(index), "sku": sku, "text": words})
    return out


def document(kind, sequence):
    name, number, street, city, state, code = draw.choice(SITES)
    d = {"type": kind, "sequence": sequence, "sender": "ACMEMFG", "receiver": "GLOBEX", "number": "45%08d" % (17000 + draw.randint(1, 999) * 10 + sequence % 10),
         "date": "2026-10-%02d" % draw.randint(1, 28), "due": "2026-11-%02d" % draw.randint(9, 27), "ordered": "2026-09-%02d" % draw.randint(8, 30),
         "parties": [{"role": "BY", "name": "GLOBEX RETAIL INC", "id": "0001"},
                     {"role": "ST", "name": name, "id": number, "street": street, "city": city, "state": state, "zip": code}],
         "references": [["DP", "%03d" % draw.randint(10, 99)], ["IA", "70%05d" % draw.randint(1, 9999)]], "lines": lines()}
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


def orders():
    sequence = 0
    for kind in ("850", "855", "856", "810"):
        for _ in range(COUNT):
            sequence += 1
            d = document(kind, sequence)
            write("data/samples/orders/%s-%03d.json" % (kind, sequence), json.dumps(d, indent=1) + "\n")


def ledger():
    """One file a night; legacy writes semicolons and two decimals, modern commas and the shortest form."""
    for night in range(1, 29):
        rows = [("2026-10-%02d" % night, draw.choice(["4400", "1400", "1600", "3100"]), "L%02d%04d" % (night, n),
                 Decimal(draw.randint(100, 900000)) / 100, "EUR", draw.choice(["Goods sold", "Freight", "Supplier payment", "Credit note"]))
                for n in range(1, draw.randint(8, 18))]
        head = ["posted", "account", "document", "amount", "currency", "text"]
        for side, separator, end in (("legacy", ";", "\r\n"), ("modern", ",", "\n")):
            out = [separator.join(head)]
            for row in rows:
                amount = format(row[3], ".2f") if side == "legacy" else format(row[3].normalize(), "f")
                out.append(separator.join([row[0], row[1], row[2], amount, row[4], row[5]]))
            write("data/answers/%s/ledger/2026-10-%02d.csv" % (side, night), end.join(out) + end)


def catalogue():
    """GET /items/SKU, recorded on both sides; modern orders its keys otherwise and adds a request id."""
    for index, (sku, words, price) in enumerate(ITEMS):
        for site in ("us", "eu", "mx"):
            stock = draw.randint(0, 4000)
            item = {"sku": sku, "gtin": gtin(index), "title": words, "price": {"amount": float(price), "currency": "USD"},
                    "stock": [{"site": s[1], "on_hand": stock // (i + 1)} for i, s in enumerate(SITES)], "region": site, "active": True}
            modern = dict(sorted(item.items()), request_id="%08x" % draw.getrandbits(32))
            write("data/answers/legacy/catalogue/%s-%s.json" % (sku, site), json.dumps(item, indent=2) + "\n")
            write("data/answers/modern/catalogue/%s-%s.json" % (sku, site), json.dumps(modern) + "\n")


def platform():
    for folder in ("platform", "platform-test"):
        for name, volume in (("orders", 5012), ("ledger", 41), ("catalogue", 14870), ("desk", 0)):
            state = {"target": "legacy", "held": False, "outstanding": 0, "isa13": 104048,
                     "metrics": {"legacy": {"error_rate": 0.003, "volume": volume}, "modern": {"error_rate": 0.002, "volume": volume}}}
            write("%s/routes/%s.json" % (folder, name), json.dumps(state, sort_keys=True) + "\n")


orders()
ledger()
catalogue()
platform()
