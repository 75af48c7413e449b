"""Four times the data takes about four times the time, for shapes of files in which one thing is there many times: `inspect` of one, and
`compare` with the same where one character differs.

Processor time, the least of some rounds; what takes less than FLOOR is as good as nothing. A walk over all that came before, for each
thing, takes sixteen times; the bound lies between.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import checks

BOUND, ROUNDS, GROWTH, FLOOR, SIZE = 8, 2, 4, 0.1, 20000
ISA = b"ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*U*00401*000000001*0*P*>~"
GROUP = b"GS*PO*A*B*20260301*2210*7*X*004010~"
ORDER, ENDS = ISA + GROUP + b"ST*850*0001~BEG*00*SA*4711**20260301~", b"SE*3*0001~GE*1*7~IEA*1*000000001~"
CLAIMS = ISA + GROUP.replace(b"PO", b"HP") + b"ST*835*0001~BPR*I*1*C~"
UNH, UNT = b"UNB+UNOA:1+A+B+260301:2210+1'UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'", b"UNT+4+1'UNZ+1+1'"
NACHA = b"101 076401251 0764012510807291511A094101achdestname            companyname                    \n"
WSDL = (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="u" '
        b'xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="u"><types><x:schema targetNamespace="u"><x:element name="E" type="t:R"/>')
SERVICE = (b'</x:schema></types><message name="M"><part name="p" element="t:E"/></message><portType name="P"><operation name="O">'
           b'<input message="t:M"/></operation></portType><binding name="B" type="t:P">'
           b'<s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="O"><s:operation soapAction="a"/><input>'
           b'<s:body use="literal"/></input></operation></binding><service name="S"><port name="Q" binding="t:B">'
           b'<s:address location="http://a"/></port></service></definitions>')
BANK = b"01,0004,12345,060321,0829,001,80,1,2/\n02,12345,0004,1,060317,,CAD,/\n"


def wsdl(n, member, base=None):
    """n types, each with a member; what is changed three quarters down are words that say nothing."""
    begin, end = (b'<x:complexContent><x:extension base="%s">' % base, b"</x:extension></x:complexContent>") if base else (b"", b"")
    inside = b'<x:sequence><x:element name="%s" type="t:T0" minOccurs="0"/></x:sequence>'
    types = b"".join(b'<x:complexType name="T%d">%s<x:sequence><x:element name="a" type="x:int"/>%s</x:sequence>%s</x:complexType>'
                     % (i, begin, member(i) if i + 2 < n else b"", end) for i in range(n))
    root = b'<x:complexType name="R">%s</x:complexType>' % (inside % b"r")
    return WSDL + root + types + b"<x:annotation><x:documentation>" + b"word " * (len(types) // 4) + b"</x:documentation></x:annotation>" + SERVICE


SHAPES = {
    "segments without elements": lambda n: ORDER + b"AB~" * n + ENDS,
    "segments without anything": lambda n: ORDER + b"~" * n + ENDS,
    "elements": lambda n: ORDER + b"PO1" + b"*a" * n + b"~" + ENDS,
    "components": lambda n: ORDER + b"PO1*" + b"a>" * n + b"~" + ENDS,
    "claims that do not add up": lambda n: CLAIMS + b"CLP*1*1*10*5~CAS*CO*1*4~" * n + ENDS,
    "levels": lambda n: ORDER + b"".join(b"HL*%d*1*S~" % (i + 1) for i in range(n)) + ENDS,
    "interchanges": lambda n: (ISA + b"IEA*0*000000001~") * n,
    "segments between sets": lambda n: ISA + GROUP + b"".join(b"ZZ*%d~ST*850*%04d~BEG*00*SA*%d**20260301~SE*3*%04d~" % (i, i, i, i)
                                                              for i in range(n)) + b"GE*%d*7~IEA*1*000000001~" % n,
    "elements of EDIFACT": lambda n: UNH + b"FTX" + b"+A" * n + b"'" + UNT,
    "components of EDIFACT": lambda n: UNH + b"FTX+" + b":A" * n + b"'" + UNT,
    "messages": lambda n: UNH[:29] + b"UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'" * n + b"UNZ+1+1'",
    "records in one line": lambda n: NACHA + b"\0" * 20 * n,
    "fields that repeat": lambda n: BANK + b"03,1,CAD" + b",040,+000,," * n + b"/\n",
    "lines between records": lambda n: BANK + b"\n" * n + b"x",
    "letters that a page lost": lambda n: "ä".encode() * n + b"7\n",
    "names in a list": lambda n: b"[" + b",".join(b'{"id":%d}' % i for i in range(n)) + b"]",
    "names in an object": lambda n: b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(n)) + b"}",
    "elements of XML": lambda n: b"<a>" + b"<b>1</b>" * n + b"</a>",
    "attributes": lambda n: b"<a " + b" ".join(b'k%d="%d"' % (i, i) for i in range(n)) + b"/>",
    "namespaces": lambda n: b"<a " + b" ".join(b'xmlns:k%d="%d"' % (i, i) for i in range(n)) + b">"
                            + b"".join(b"<k%d:b/>" % i for i in range(n)) + b"</a>",
    "types that hold the next": lambda n: wsdl(n // 5, lambda i: b'<x:element name="f" type="t:T%d" minOccurs="0"/>' % (i + 1)),
    "types of one base": lambda n: wsdl(n // 5, lambda i: b'<x:element name="f" type="t:T%d" minOccurs="0"/>' % (i + 2), b"t:R"),
    "rows": lambda n: b"a,b,c\n" + b"".join(b"%d,2,3\n" % i for i in range(n)),
    "columns": lambda n: b",".join(b"c%d" % i for i in range(n)) + b"\n" + b",".join(b"%d" % i for i in range(n)) + b"\n",
    "doubled quotes": lambda n: b'a,b,c\n1,2,3\n"' + b'""' * n + b'",2,3\n',
}


def changed(data):
    """One letter or digit less, three quarters down."""
    at = next((i for i in range(len(data) * 3 // 4, len(data)) if data[i:i + 1].isalnum()), len(data) - 1)
    return data[:at] + (b"8" if data[at:at + 1] == b"7" else b"7") + data[at + 1:]


def lost(data):
    return b"7" * (len(data) // 3) if data[:1] >= b"\x80" else changed(data)


def seconds(args):
    child = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, child.returncode


def grows(ferry, make, folder):
    for command in ("inspect", "compare"):
        least = {}
        for size in (SIZE, SIZE * GROWTH):
            sides = [folder / f"old.{size}", folder / f"new.{size}"]
            for path, data in zip(sides, (make(size), lost(make(size)))):
                path.write_bytes(data)
            for _ in range(ROUNDS):
                taken, status = seconds([ferry, command, *map(str, sides[:1 if command == "inspect" else 2])])
                least[size] = min(taken, least.get(size, taken))
                if status not in (0, 1, 2):
                    yield f"{command} ended with {status}"
        ratio = least[SIZE * GROWTH] / max(least[SIZE], FLOOR)
        if ratio > BOUND:
            yield f"{command}: {GROWTH} times the data took {least[SIZE * GROWTH]:.2f} s, before {least[SIZE]:.2f} s"


def main(ferry):
    faults = {}
    for shape, make in SHAPES.items():
        with tempfile.TemporaryDirectory() as at:
            faults[shape] = list(grows(ferry, make, pathlib.Path(at)))
    checks.report(faults)


main(str(pathlib.Path(sys.argv[1]).resolve()))
