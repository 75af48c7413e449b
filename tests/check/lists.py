"""What the lists name is shown by a test: every diagnostic, instruction, builtin and command."""
import re

import checks

ROOT = checks.ROOT
FUNCTION = re.compile(r"^static inline [^;{]*?\b(\w+)\([^;{]*\)\n\{\n.*?^\}", re.M | re.S)


def units():
    """The unit tests, and what they call of their headers, directly or not: the rest tests nothing."""
    text = "\n".join(p.read_text() for p in sorted((ROOT / "tests/unit").glob("*.c")))
    helpers = {m[1]: m[0] for p in (ROOT / "tests/unit").glob("*.h") for m in FUNCTION.finditer(p.read_text())}
    words, todo = set(), re.findall(r"\w+", checks.without_comments(text))
    while todo:
        new = set(todo) - words
        words |= new
        called = [helpers[w] for w in sorted(new) if w in helpers]
        text = "\n".join([text, *called])
        todo = re.findall(r"\w+", checks.without_comments("\n".join(called)))
    return text


UNITS = units()
GOLDEN = {p: p.read_text() for p in sorted((ROOT / "tests/golden").rglob("*.txt"))}
ALL_GOLDEN = "\n".join(GOLDEN.values())
PART = r"^--- (?:%s)\b[^\n]*\n(.*?)(?=^--- |^=== |\Z)"


def part_texts(names, files):
    return "\n".join(t for f in files for t in re.findall(PART % names, GOLDEN[f], re.M | re.S))


LISTINGS = part_texts("code", GOLDEN) + part_texts("out", [p for p in GOLDEN if p.parts[-2] == "disasm"])
# What a case gives to the tool: its titles and expectations are not a use of anything.
SOURCES = re.sub(r"^=== [^\n]*$|^--- (?!file)\w+.*?(?=^=== |^--- file|\Z)", "", ALL_GOLDEN, flags=re.M | re.S)


def has(text, pattern):
    return re.search(pattern, text, re.M) is not None


def diagnostics():
    # `explain` shows every code without anything having gone wrong
    shown = part_texts("diag|err|out", [p for p in GOLDEN if p.parts[-2] != "explain"])
    for _, (code, *_) in checks.entries("base/diagnostics.def", ["DIAG"]):
        if not has(shown, rf"\b{code}\b"):
            yield code


def opcodes():
    for _, (name, mnemonic, *_) in checks.entries("bytecode/opcodes.def", ["OP"]):
        if not has(UNITS, rf"\bOP_{name}\b") and not has(LISTINGS, rf"(?<![\w\"]){re.escape(mnemonic)}(?![\w\"])"):
            yield name


def builtins():
    for macro, words in checks.entries("bytecode/builtins.def", ["PURE", "OPERATION"]):
        name = words[0]
        if has(UNITS, rf"\b\w*{name}\b"):
            continue
        if macro == "PURE":
            used = has(SOURCES, rf"\b{words[1]}\(")
        elif words[1] == "none":
            used = has(SOURCES, rf"\b{words[2]}\b")
        else:
            used = f'"{words[1]}.{words[2]}"' in UNITS  # performed by its name
            used = used or any(has(text, rf":\s*{words[1]}\b") and has(text, rf"\.{words[2]}\(") for text in GOLDEN.values())
        if not used:
            yield name


def contract_rules():
    shown = part_texts("out", [p for p in GOLDEN if p.stem.startswith("contracts")])
    for macro, (_, code, *_) in checks.entries("stdlib/contract/contract_rules.def", ["RULE", "FACT"]):
        for whole in [code] if macro == "RULE" else [f"request.{code}", f"response.{code}"]:
            if not has(shown, rf"(?<![\w.]){re.escape(whole)}:"):
                yield whole


def identifiers():
    shown = part_texts("out", [p for p in GOLDEN if p.stem.startswith("scan")])
    for _, words in checks.entries("stdlib/identifier/identifiers.def", ["IDENTIFIER"]):
        if not has(shown, rf"^ +{re.escape(words[1])}  (certain|likely)  ") or not has(UNITS, rf"\[ID_{words[0]}\]"):
            yield words[1]


def requirements():
    """What a scan gives verdicts on is called as customers call it."""
    known = next(words[1] for _, words in checks.entries("bytecode/tables.def", ["ENUM"]) if words[0] == "requirement").split()
    source = (ROOT / "stdlib/identifier/identifier.h").read_text()
    listed = re.search(r"#define IDENTIFIER_REGIMES\(X\)(.*?)\n\w", source, re.S)[1]
    yield from (w for w in re.findall(r'"(\w+)"', listed) if w not in known)


def helped():
    """What help lists: each kind of document and each layout that comes along."""
    options = {words[1]: words[-1] for _, words in checks.entries("cli/options.def", ["OPTION"])}
    kinds = re.findall(r'X\(\w+, "(\w+)"\)', (ROOT / "stdlib/document/document.h").read_text())
    for option, names in (("kind", kinds[1:]), ("layout", [p.stem for p in (ROOT / "stdlib/layouts").glob("*.yaml")])):
        yield from (f"{option} {n}" for n in names if not has(options[option], rf"\b{n}\b"))


def commands():
    folders = {p.relative_to(ROOT / "tests/golden").parts[0] for p in GOLDEN}
    run = set(re.findall(r"^# run: ?(\S+)", ALL_GOLDEN, re.M))
    for _, words in checks.entries("cli/commands.def", ["COMMAND"]):
        names = {w for w in words[:2] if re.fullmatch(r"[a-z]+", w)}
        if not names & (folders | run):
            yield words[0]


def missing(find, path, where):
    if not (ROOT / path).is_file():
        return [f"{path} is not there"]
    names = list(find())
    return [f"{len(names)} stand in no {where}: {' '.join(names)}"] if names else []


checks.report({
    "every diagnostic is shown": missing(diagnostics, "base/diagnostics.def", "diag, err or out part of a golden case"),
    "every instruction is tested": missing(opcodes, "bytecode/opcodes.def", "unit (as OP_…) and no golden listing"),
    "every builtin is tested": missing(builtins, "bytecode/builtins.def", "unit (by its id) and no golden source"),
    "every rule of contracts is shown": missing(contract_rules, "stdlib/contract/contract_rules.def", "golden case of tests/golden/compare/contracts*"),
    "every identifier is found": missing(identifiers, "stdlib/identifier/identifiers.def", "golden case of tests/golden/inspect/scan* or no unit (as [ID_…])"),
    "every verdict is on a requirement": missing(requirements, "bytecode/tables.def", "`requirement` of tables.def"),
    "help lists what there is": missing(helped, "cli/options.def", "line of help"),
    "every command is run": missing(commands, "cli/commands.def", "folder of tests/golden and no `# run:` line"),
})
