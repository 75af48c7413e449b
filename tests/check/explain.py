"""What `ferry explain` shows is true: in a program around it, the first example of a diagnostic gives its code and nothing else,
the second is without a fault. The program around is found by the words with which an example begins; an example that begins with
`printf` is a command that makes the file."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import checks

FERRY = str(pathlib.Path(sys.argv[1]).resolve())
WORLD = '''connector gw: exec {
  base    "x"
  command ["ctl"]
}
connector files: dir { base "y" }
role board { members ["ann", "ben", "cem"] }
role lead { members ["dee"] }
'''
ENDS = 'volume 40 per day\n    legacy exec(["a"])\n    modern exec(["b"])'
CUSTOMER = f'customer acme {{{{\n  criticality high\n  channel orders: edi {{{{ {ENDS} }}}}\n  channel last: rest {{{{ {ENDS} }}}}\n{{}}}}}}\n'
STEP = 'step s {{\n      do   files.write("a", text: "b")\n      undo files.remove("a")\n{}\n    }}'
DECLARATIONS = "customer let fn use connector customers risk factor playbook migration role resource allow test field omit table calendar language channels".split()
IN_MIGRATION = "phase window freeze on waves strategy".split()
IN_CUSTOMER = "criticality channel follows revenue volume region contact".split()
PLAYBOOK = """playbook move(c: channel) {
  phase prove {
    simulate trial of c { samples "x/*" }
    require trial.match > 99%
    observe errors: number every 1m for 1h = files.read("m").json.n
    rollback when errors > 5 for 5m
  }
  phase switch {
    step route {
      do   files.write("a", text: "b")
      undo files.remove("a")
    }
  }
  phase back {
    task route { assigned lead
      undo none "looked at" }
  }
}
"""
MIGRATION = """migration acme_2027 for acme {
  phase p {
    step route { do gw.run(["x"])
      undo gw.run(["y"]) }
  }
}
"""


def examples(text):
    """The two indented blocks of an explanation."""
    blocks, at = [], None
    for line in text.split("\n"):
        if line.startswith("    "):
            blocks[-1].append(line[4:]) if at == "in" else blocks.append([line[4:]])
            at = "in"
        elif line.strip() or at != "in":
            at = "out"
        else:
            at = "gap"
    return ["\n".join(b) for b in blocks]


def phase(inside):
    if "simulate trial" not in inside and "trial." in inside or "trail." in inside:
        inside = "simulate trial of c { samples \"x/*\" }\n    " + inside
    if re.search(r"\bc\b", inside) and "for each c" not in inside:
        inside = "for each c in acme.channels {\n    " + inside + "\n    }"
    return f"migration around for acme {{\n  phase p {{\n    {inside}\n  }}\n}}\n"


def program(code, example):
    """(main.ferry, rows.yaml) for an example."""
    first = re.match(r"[a-z_]*", example.strip())[0]
    world = "" if code == "W0502" else WORLD  # whose people are others than those of the example
    if example == "(without the line)":
        example = ""
    if first == "printf":
        return example, ""
    if "desk." in example:
        world += 'connector desk: dir { base "z" }\n'
    elif re.search(r"\bdesk\b", example):
        world += 'role desk { members ["eve"] }\n'
    acme = CUSTOMER.format("")
    if re.search(r"from move|apply move|edi_move", example):
        world += PLAYBOOK.replace("playbook move", "playbook edi_move") if "edi_move" in example else PLAYBOOK
    if first in ("given", "expect"):
        example += "\n  expect run.outcome == completed" * (first == "given")
        return world + acme + MIGRATION + 'test "t" for acme_2027 {\n  ' + example + "\n}\n", ""
    if first == "test":
        return world + acme + MIGRATION + re.sub(r'^(test "[^"]*") \{', r'\1 for acme_2027 {', example) + "\n", ""
    if first == "auth":
        return f'connector web: http {{\n  base "https://x.example"\n  {example}\n}}\n', ""
    if first == "follows":
        return world + acme.replace("last: rest {", "last: rest {\n    " + example + "\n   "), ""
    if first == "let" and re.search(r"desk\.|require|c\.", example):
        return world + acme + phase(example.replace("\n", "\n    ")), ""
    if code.startswith("E06") and re.match(r"(- |\w+:(?! \w+ \{)|\w+: &)", example.strip()):
        rows = example if "customers:" in example else "customers:\n  - name: row\n    " + example.replace("\n", "\n    ")
        if example.startswith("- name"):
            rows = "customers:\n" + example
        elif example.startswith("- {"):
            rows = "customers:\n  - name: row\n    channels:\n      " + example.replace("\n", "\n      ")
        elif example.startswith("volume"):
            rows = "customers:\n  - name: row\n    channels:\n      - {name: a, kind: edi, " + example + "}"
        return 'customers from "rows.yaml"\n', rows + "\n"
    if first in DECLARATIONS:
        return world + ("" if re.search(r"^customer acme", example, re.M) else acme) + example + "\n", ""
    if first in IN_CUSTOMER:
        return world + CUSTOMER.format("  " + example.replace("\n", "\n  ") + "\n").replace("  criticality high\n" if first == "criticality" else "\0", ""), ""
    if first in IN_MIGRATION or re.search(r"^(phase|window|freeze) ", example, re.M):
        more = "" if "phase" in example else "\n  phase q { wait 1m }"
        return world + acme + f"migration around for acme {{\n  {example}{more}\n}}\n", ""
    if first in ("undo", "do", "timeout", "retry", "estimate", "irreversible", "check", "find", "expires", "needs"):
        lines = "      " + example.replace("\n", "\n      ")
        if first == "do" or first == "undo":
            lines = "      do gw.run([\"x\"])\n" * (first == "undo") + lines + "\n      undo none \"x\"" * (first == "do")
            body = "step s {\n" + lines + "\n    }"
        else:
            body = STEP.format(lines)
        return world + acme + phase(("approve first by 1 of lead within 1h\n    " if "irreversible" in example else "") + body), ""
    return world + acme + phase(example.replace("\n", "\n    ")), ""


def codes(folder, main, rows):
    (folder / "main.ferry").write_text(main)
    if main.startswith("printf "):
        subprocess.run(["sh", "-c", main], cwd=folder, check=True, timeout=20)
    (folder / "rows.yaml").write_text(rows)
    done = subprocess.run([FERRY, "check", "--format", "json", "main.ferry"], cwd=folder, capture_output=True, text=True, timeout=20)
    return {d["code"] for d in json.loads(done.stdout)["diagnostics"]}


def faults(entry, folder):
    code, shown = entry["code"], examples(entry["explanation"])
    if len(shown) < 2:
        yield f"{len(shown)} examples, not two"
        return
    wrong, right = program(code, shown[0]), program(code, shown[1])
    got = codes(folder, *wrong)
    if got != {code}:
        yield f"the example that fails gives {sorted(got) or 'nothing'}:\n{wrong[0]}{wrong[1]}"
    got = codes(folder, *right)
    if got:
        yield f"the example that passes gives {sorted(got)}:\n{right[0]}{right[1]}"


def main():
    listed = json.loads(subprocess.run([FERRY, "explain", "--format", "json"], capture_output=True, text=True).stdout)["diagnostics"]
    every = [d["code"] for d in listed]
    entries = json.loads(subprocess.run([FERRY, "explain", "--format", "json", *every], capture_output=True, text=True).stdout)
    results = {}
    with tempfile.TemporaryDirectory(prefix="ferry-explain-") as folder:
        folder = pathlib.Path(folder)
        for name in ("people.ferry", "shared.ferry"):
            (folder / name).write_text("role other { members [\"x\"] }\n")
        (folder / "b.ferry").write_text('use "main.ferry"\n')
        (folder / "shared").mkdir()
        (folder / "shared/other.ferry").write_text('role other { members ["x"] }\n')
        (folder / "shared/words.ferry").write_text('fn loud(t: text): text = upper(t)\n')
        for entry in entries["diagnostics"]:
            results[entry["code"]] = list(faults(entry, folder))
    checks.report(results)


main()
