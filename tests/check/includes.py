"""Includes point down (DESIGN: the house), from the root; SQLite stays in the journal, printing in cli/."""
import re
import sys

import checks

BELOW = {
    "base": {"base"},
    "bytecode": {"base", "bytecode"},
    "grammar": {"base", "bytecode", "grammar"},
    "compiler": {"base", "bytecode", "grammar", "compiler"},
    "vm": {"base", "bytecode", "vm"},
    "stdlib": {"base", "bytecode", "vm", "stdlib"},
    "cli": {"base", "bytecode", "grammar", "compiler", "vm", "stdlib", "cli"},
}
# The rooms of stdlib/, from the ground up: what each may know beside itself.
FORMATS = {"identifier", "document", "x12", "edifact", "xml", "json", "csv", "fixed"}
ROOMS = {
    "document": {"identifier"},
    **dict.fromkeys(("x12", "edifact", "xml", "json", "csv", "fixed", "connect"), {"document"}),
    "contract": {"document", "xml"},
    "comply": FORMATS,
    "inspect": FORMATS | {"comply"},
    "compare": FORMATS | {"comply"},
    "simulate": {"document", "comply", "compare", "connect"},
}
# The table of the formats knows each of them.
TABLE = "stdlib/document/format.c"
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
PRINTS = re.compile(r"(?<![\w.>])(v?f?printf|puts|putchar|putc|perror|fputs|fputc|fwrite|psignal)\s*\(|\b(stdout|stderr)\b")
# The one line that must be written when there is no memory left to report with.
MAY_PRINT = {"base/arena.c"}
MADE = {"grammar/parser.h", "grammar/scanner.h"}


def sources():
    for folder in BELOW:
        for path in sorted((checks.ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".y", ".l", ".def"):
                yield folder, str(path.relative_to(checks.ROOT)), path.read_text()


def upward(folder, name, text):
    for quote, target in INCLUDE.findall(text):
        if quote == "<":
            continue
        top = target.split("/")[0]
        made = target in MADE or target.startswith("gen/")
        if "/" not in target or target.startswith(".") or (top in BELOW and not made and not (checks.ROOT / target).is_file()):
            yield f'{name}: "{target}" is not written from the root, or is not there'
        elif top in BELOW and top not in BELOW[folder]:
            yield f'{name}: {folder}/ must not know {top}/ ("{target}")'


def upstairs(name, text):
    """Within stdlib/, a room knows those below it."""
    room = name.split("/")[1]
    for _, target in INCLUDE.findall(text):
        if target.startswith("stdlib/") and target.split("/")[1] not in {room} | ROOMS.get(room, set()):
            yield f'{name}: stdlib/{room}/ must not know "{target}"'


def main():
    up, sqlite, prints = [], [], []
    for folder, name, text in sources():
        up += upward(folder, name, text)
        if folder == "stdlib" and name != TABLE:
            up += upstairs(name, text)
        if re.search(r"#\s*include\s*[<\"]sqlite3", text) and not name.startswith("vm/journal"):
            sqlite.append(f"{name}: only vm/journal*.c may include sqlite3.h")
        if folder != "cli" and name not in MAY_PRINT and not name.endswith(".def"):
            for line, code in enumerate(checks.without_comments(text).split("\n"), 1):
                if PRINTS.search(code):
                    prints.append(f"{name}:{line}: only cli/ prints: {code.strip()}")
    checks.report({"includes point down": up, "sqlite3.h": sqlite, "printing": prints})


main()
