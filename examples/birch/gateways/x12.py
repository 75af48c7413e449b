"""Business documents (JSON) as X12 005010, in the style of a gateway.

A style is what two gateways may do differently without saying anything different: separators, line breaks, control numbers,
the day and minute of the envelope, the order of REF and N1 siblings, how a price is written, trailing empty elements.
"""
from decimal import Decimal


class Style:
    def __init__(self, element, component, terminator, breaks, first_control, day, minute, reverse, plain_price, trailing):
        self.element, self.component, self.terminator, self.breaks = element, component, terminator, breaks
        self.first_control, self.day, self.minute = first_control, day, minute
        self.reverse, self.plain_price, self.trailing = reverse, plain_price, trailing


LEGACY = Style("*", ">", "~", "\n", 104000, "261103", "0412", False, False, False)
MODERN = Style("|", ":", "~", "", 900000, "261104", "1733", True, True, True)

GROUPS = {"850": "PO", "855": "PR", "856": "SH", "810": "IN"}


def price(style, value):
    """12.50 or 12.5: one number, two habits."""
    return format(Decimal(value).normalize(), "f") if style.plain_price else format(Decimal(value), ".2f")


def cents(document):
    return sum(int(Decimal(line["price"]) * 100) * line["quantity"] for line in document["lines"])


def parties(style, document):
    out = []
    for party in reversed(document["parties"]) if style.reverse else document["parties"]:
        out.append(["N1", party["role"], party["name"], "92", party["id"]])
        if "street" in party:
            out.append(["N3", party["street"]])
            out.append(["N4", party["city"], party["state"], party["zip"]])
    return out


def references(style, document):
    refs = [["REF", kind, value] for kind, value in document["references"]]
    return refs[::-1] if style.reverse else refs


def day(document, name="date"):
    return document[name].replace("-", "")


def purchase_order(style, d):
    out = [["BEG", "00", "SA", d["number"], "", day(d)]] + references(style, d)
    out += [["DTM", "002", day(d, "due")]] + parties(style, d)
    for line in d["lines"]:
        out.append(["PO1", str(line["line"]), str(line["quantity"]), line["unit"], price(style, line["price"]), "",
                    "UP", line["gtin"], "VN", line["sku"]])
        out.append(["PID", "F", "", "", "", line["text"]])
    return out + [["CTT", str(len(d["lines"]))]]


def acknowledgment(style, d):
    out = [["BAK", "00", "AD", d["number"], day(d)]] + references(style, d) + parties(style, d)
    for line in d["lines"]:
        out.append(["PO1", str(line["line"]), str(line["quantity"]), line["unit"], price(style, line["price"]), "", "UP", line["gtin"]])
        out.append(["ACK", "IA", str(line["quantity"]), line["unit"], "068", day(d, "due")])
    return out + [["CTT", str(len(d["lines"]))]]


def ship_notice(style, d):
    out = [["BSN", "00", d["shipment"], day(d), "0830", "0001"], ["HL", "1", "", "S"],
           ["TD1", "CTN", str(d["cartons"]), "", "", "", "G", d["weight"], "LB"], ["TD5", "", "2", d["carrier"], "M"]]
    out += references(style, d) + [["DTM", "011", day(d)]] + parties(style, d)
    out += [["HL", "2", "1", "O"], ["PRF", d["number"]]]
    for at, line in enumerate(d["lines"], 3):
        out += [["HL", str(at), "2", "I"], ["LIN", str(line["line"]), "UP", line["gtin"], "VN", line["sku"]],
                ["SN1", str(line["line"]), str(line["quantity"]), line["unit"]]]
    return out + [["CTT", str(len(d["lines"]) + 2)]]


def invoice(style, d):
    out = [["BIG", day(d), d["invoice"], day(d, "ordered"), d["number"]]] + references(style, d) + parties(style, d)
    out.append(["ITD", "01", "3", "", "", "", "", "30"])
    for line in d["lines"]:
        out.append(["IT1", str(line["line"]), str(line["quantity"]), line["unit"], price(style, line["price"]), "",
                    "UP", line["gtin"], "VN", line["sku"]])
        out.append(["PID", "F", "", "", "", line["text"]])
    return out + [["TDS", str(cents(d))], ["CTT", str(len(d["lines"]))]]


BODIES = {"850": purchase_order, "855": acknowledgment, "856": ship_notice, "810": invoice}


def interchange(style, document, change=lambda segments: segments):
    """One document in one interchange. `change` is where a gateway's fault would sit."""
    kind = document["type"]
    control = style.first_control + document["sequence"]
    body = change(BODIES[kind](style, document))
    if style.trailing:
        body = [s + [""] if s[0] in ("REF", "DTM") else s for s in body]
    number = "%04d" % (control % 10000)
    segments = [["ST", kind, number]] + body + [["SE", str(len(body) + 2), number]]
    head = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "%-15s" % document["sender"], "ZZ", "%-15s" % document["receiver"],
            style.day, style.minute, "^", "00501", "%09d" % control, "0", "P", style.component]
    group = ["GS", GROUPS[kind], document["sender"], document["receiver"], "20" + style.day, style.minute, str(control), "X", "005010"]
    all_ = [head, group] + segments + [["GE", "1", str(control)], ["IEA", "1", "%09d" % control]]
    end = style.terminator + style.breaks
    return "".join(style.element.join(s) + end for s in all_)
