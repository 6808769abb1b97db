"""MathProg for the fuzzer: models to begin with, words to mutate them with, and a translator that starts at once.

A model is a program that may write files.  So the fuzzer translates in a folder of its own, in a fork that may not
write much and that, where the fuzzer is root, is nobody.  Coverage sees the reader, not GLPK's translator.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
import warnings
from pathlib import Path

#: Models to begin with.
MODELS = [
    "var x >= 0; minimize c: 2*x; s.t. r: x >= 3; end;\n",
    "set I := 1..3; set J within I cross I := {i in I, j in I: i < j};\nparam a{i in I}, default i^2 mod 5;\n"
    "var x{I} integer >= -1, <= 9.5; var y{J} binary;\nmaximize z 'total': sum{i in I} a[i]*x[i] + 7;\n"
    "s.t. r{(i,j) in J}: -2 <= x[i] - 3*x[j] + y[i,j] <= 4;\ns.t. e: x[1] = x[2];\nsolve;\ndisplay x, y;\nend;\n",
    "set CITIES; param d{CITIES, CITIES} default 99, >= 0; param name{CITIES} symbolic;\nvar f{CITIES, CITIES} >= 0;\n"
    "minimize total: sum{i in CITIES, j in CITIES: i != j} d[i,j]*f[i,j];\n"
    "subject to b{i in CITIES}: sum{j in CITIES} (f[i,j] - f[j,i]) = if i = 'Bonn' then 1 else 0;\ndata;\n"
    "set CITIES := 'K\xc3\xb6ln' Bonn Ulm;\nparam d: Bonn Ulm :=\n 'K\xc3\xb6ln' 1 2\n Bonn . 3;\n"
    "param : name := Bonn B Ulm 'U';\nend;\n",
    "param n integer > 0 := 4; param s symbolic := 'a' & substr('bcd', 2) & n;\ncheck n > 2;\n"
    'for {i in 1..n} { printf "%d %s\\n", i, s; for {j in i..n: j > 2} display j; }\nprintf "kept\\n" > "out.txt";\n'
    'printf "more\\n" >> "out.txt";\nvar x{i in 0..n by 2}, >= sin(i), <= exp(i) + gmtime() * 0 + Uniform01();\n'
    "minimize o: sum{i in 0..n by 2} x[i]; end;\n",
    "set S dimen 2; param p{S}; set T dimen 2; param q{T};\n"
    "table u{(i,j) in S} OUT 'CSV' 'out.csv': i, j ~ k, p[i,j] ~ v;\ntable t IN 'CSV' 'out.csv': T <- [i, k], q ~ v;\n"
    "table w{(i,j) in T} OUT 'xBASE' 'out.dbf' 'N(5)C(9)': i, j; var x{T} >= 0; minimize o: sum{(i,j) in T} x[i,j];\n"
    "data; param : S : p := 1 a 2 3 b 4; end;\n",
    "set A{1..2}; param m{i in 1..2, A[i]} symbolic; var x, >= 1; minimize o: 1e300*x + 1e-300; s.t. r: 0*x = 0;\n"
    "s.t. q: x >= card(A[1] union A[2]) + min{i in 1..2} i + prod{i in 1..3} i;\ndata;\nset A[1] := 1 2;\n"
    "set A[2] := 2 'r' q;\nparam m [1,*] 1 q 2 'r' [2,*] 2 3;\nend;\n",
    "/* a comment */ var x{1..2, 1..2}; # another\ns.t. one{i in 1..2}:\n"
    "sum{j in 1..2: exists{k in 1..2} k > j} x[i,j] <= if i > 1 then 1 else 2; end;\n",
]
#: What a MathProg file is made of.
WORDS = """
    and binary by check cross data default diff dimen display div else end exists for forall if in integer inter less
    maximize max minimize min mod not or param printf prod set setof solve subject sum symbolic symdiff table then to
    union var within s.t. IN OUT CSV xBASE := <= >= == != <> && || .. ** ^ & [ ] { } ( ) ; : , ~ <- >> * / + - 'a' "b"
    1e308 1e-308 2147483647 Infinity abs atan card ceil cos exp floor gmtime Irand224 length log log10 Normal01 round
    sin sqrt str2time substr tan time2str trunc Uniform Uniform01
"""


def dictionary() -> str:
    """The words, as libFuzzer reads them."""
    return "".join('"{}"\n'.format(word.replace('"', '\\"')) for word in WORDS.split())


def forked(arguments: list[str], seconds: float):
    """`pplp.formats.mathprog._translated`, in a fork instead of a new interpreter."""
    from pplp.engines.glpk import translator
    from pplp.engines.glpk.library import C

    os.chmod(Path(arguments[2]).parent, 0o777)
    out, into = os.pipe()
    with warnings.catch_warnings():  # of the threads of this process, which the fork does without
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(BaseException):
            _alone(into)
            sys.argv = ["-c", *arguments]
            C.glp_term_out(1)  # this process may have turned it off
            try:
                translator.main()
                code = 0
            except SystemExit as end:
                code = end.code
            except BaseException as error:
                os.write(1, f"{type(error).__name__}: {error}\n".encode())
        os._exit(code)
    os.close(into)
    said, end = b"", time.monotonic() + seconds
    is_over = False
    with open(out, "rb", buffering=0) as file:
        while True:
            if not select.select([file], [], [], max(0.0, end - time.monotonic()))[0]:
                is_over = True
                os.kill(child, signal.SIGKILL)
                break
            part = file.read(1 << 16)
            if not part:
                break
            said = (said + part)[-(1 << 16) :]
    _, status = os.waitpid(child, 0)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return (None if is_over else code), said.decode("utf-8", "replace")


def _alone(into: int) -> None:
    """Make a fork one that harms nobody: its output goes to the pipe, the fuzzer's handlers of signals are not its."""
    import resource

    for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))
    for number in (1, 2):
        os.dup2(into, number)
    os.close(into)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
