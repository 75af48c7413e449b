"""What the checks share. A check is a script of tests/check that is given the ferry binary and ends
with `N passed, N failed`; tests/run runs every one."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def without_comments(text):
    """C without comments and the insides of strings; line numbers stay."""
    return NOT_CODE.sub(lambda m: '""' if m[0][0] == '"' else re.sub(r"[^\n]", " ", m[0]), text)


def entries(path, macros):
    """The arguments of each MACRO(…) of a .def file, as far as they are names or texts."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / path).read_text(), flags=re.S)
    for m in re.finditer(rf"^\s*({'|'.join(macros)})\(\s*", text, re.M):
        words = re.findall(r'"((?:\\.|[^"\\])*)"|(\w+)', text[m.end():m.end() + 400].split("\n")[0])
        yield m[1], [a or b for a, b in words]


def report(faults_by_test):
    """Prints the faults of each named test and the count; ends the script."""
    failed = 0
    for name, faults in faults_by_test.items():
        failed += bool(faults)
        if faults:
            print(f"FAIL {name}", *(f"  {f}" for f in faults), sep="\n")
    print(f"{len(faults_by_test) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


