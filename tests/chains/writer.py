"""Writes one random function in two texts: with chains, and with `both`."""

from __future__ import annotations

import sys
from random import Random
from typing import Callable

__all__ = ["Writer"]

NEW = sys.version_info
#: What Python offers from some version on.
HAS_MATCH, HAS_GROUPS = NEW >= (3, 10), NEW >= (3, 11)


class Writer:
    """Writes one function, in two texts with the same choices: `of_chains`, and with `both` instead."""

    def __init__(self, choices: str, of_chains: bool) -> None:
        self.random = Random(choices)
        self.of_chains = of_chains
        self.kind = self.random.choice(["def"] * 6 + ["module"] + ["generator"] * 3 + ["async def"] * 4)
        self.suspends = self.kind == "generator" or self.kind == "async def"
        self.is_asked = False  # is there a place in it that asks a relation for its truth?
        self.names = 0
        self.depth = 0
        self.stays = 0  # in a finally
        self.nested = 0  # in a lambda, a comprehension or an inner function, where `yield` and `await` have no place

    def text(self) -> str:
        """The whole function, called f; or the text of a module."""
        if self.kind == "module":
            return "\n".join(self.block(self.random.randint(1, 3)))
        head = "def" if self.kind == "generator" else self.kind
        body = self.block(self.random.randint(1, 4))
        if self.kind == "generator":
            body += ["if no: yield"]
        return "\n".join([f"{head} f(x, y, xs, yes, no, out):", *("    " + line for line in body)])

    # ---- helpers
    def name(self) -> str:
        self.names += 1
        return f"w{self.names}"

    def among(self, makers: list[Callable[[], str]], last: int) -> str:
        """One of them; deep inside only one of the first `last`, which are plain."""
        self.depth += 1
        made = self.random.choice(makers if self.depth < 6 else makers[:last])()
        self.depth -= 1
        return made

    def inner(self, make: Callable[[], str]) -> str:
        """What stands in a scope of its own."""
        self.nested += 1
        made = make()
        self.nested -= 1
        return made

    def suspended(self, plain: str) -> str:
        """The same value, had after the function was suspended, where that can be."""
        if not self.suspends or self.nested:
            return f"same({plain})"
        if self.kind == "generator":
            return self.random.choice([f"(yield {plain})", f"(yield from passed_on({plain}))"])
        ways = [f"await later({plain})", f"(await later(same))({plain})"]
        if ":=" not in plain:
            ways.append(f"[k async for k in one_by_one({plain})][0]")
        return self.random.choice(ways)

    def condition(self) -> str:
        return self.random.choice(
            ["yes", "no", "not no", "1 < 2 <= 3", "yes and no", "yes or no", "x is y", "3 in {3}"]
        )

    # ---- numbers, which are k or are near to it
    def number(self, k: int) -> str:
        if self.random.random() < 0.35:
            return str(k)
        n = self.number
        return self.among(
            [
                lambda: str(k),
                lambda: f"{k}.0",
                lambda: f"-({-k})",
                lambda: f"len('{'s' * k}')" if k >= 0 else f"({k})",
                lambda: f"({n(k)} if {self.condition()} else {n(k + 1)})",
                lambda: f"({n(k)} if {self.condition()} else {n(k)} if {self.condition()} else {n(k + 2)})",
                lambda: f"(no or {n(k)})",
                lambda: f"(yes and {n(k)})",
                lambda: f"({self.condition()} and {n(k)} or {n(k)})",
                lambda: f"({self.name()} := {n(k)})" if not self.nested else n(k),
                lambda: f"max([v for v in ({k - 1}, {k}) if v <= 99 or no])",
                lambda: f"max(v for v in ({k - 1}, {self.inner(lambda: n(k))}) if -99 <= v <= 99)",
                lambda: f"[v for v in ({k}, 1) for u in (1, 2)][0]",
                lambda: f"max({{{k}: v for v in (1, 2) if 0 <= v <= 5}})",
                lambda: f"(lambda: {self.inner(lambda: n(k))})()",
                lambda: f"same({n(k)})",
                lambda: f"same(*[{n(k)}])",
                lambda: f"same(r={n(k)})",
                lambda: f"int(f'{{{k}}}')",
                lambda: f"{n(k - 1)} + (2 > 1)",
                lambda: f"({n(k)} if 1 < {n(3)} < 9 else {n(k)})",
                lambda: self.suspended(n(k)),
                lambda: self.suspended(n(k)),
                lambda: f"(out({self.chain()}) or {n(k)})",
                lambda: f"(out(x <= {n(3)}) or {n(k)})",
                lambda: f"({n(k)} + abandoned(x))",
                lambda: f"[{n(k)}, {n(1)}][0]",
                lambda: f"{{'a': {n(k)}}}['a']",
            ],
            4,
        )

    def expression(self) -> str:
        e = self.expression
        return self.among(
            [
                lambda: "x",
                lambda: "y",
                lambda: "x + y",
                lambda: "2*x - y + 3",
                lambda: "xs[1]",
                lambda: f"({e()} if {self.condition()} else {e()})",
                lambda: f"({self.name()} := {e()})" if not self.nested else e(),
                lambda: "sum([v for v in (x, y)])",
                lambda: "sum(v for v in (x, y))",
                lambda: f"(lambda: {self.inner(e)})()",
                lambda: f"same({e()})",
                lambda: self.suspended(e()),
                lambda: f"({e()} + {self.number(1)})",
                lambda: f"(no or {e()})",
            ],
            5,
        )

    # ---- chains, and where they may stand
    def chain(self) -> str:
        """One of them, in parentheses."""
        first, second = self.random.choice([("<=", "<=")] * 6 + [(">=", ">=")] * 2 + [("<=", ">="), ("<=", "==")])
        least, most = self.random.randint(-9, 0), self.random.randint(3, 12)
        a, b = (least, most) if first == "<=" else (most, least)
        ends = self.number(a), self.expression(), self.number(b)
        gap = self.random.choice([" "] * 5 + ["\n "])
        if self.of_chains:
            return f"({ends[0]} {first}{gap}{ends[1]}{gap}{second} {ends[2]})"
        return f"both({ends[0]}, '{first}',{gap}{ends[1]},{gap}'{second}', {ends[2]})"

    def asked(self, text: str) -> str:
        self.is_asked = True
        return text

    def value(self) -> str:
        """A relation, or some of them."""
        if self.random.random() < 0.3:
            return self.chain()
        v, c = self.value, self.condition
        if self.random.random() < 0.025:
            return self.among(
                [
                    lambda: self.asked(f"not {self.chain()}"),
                    lambda: self.asked(f"({self.chain()} and {v()})"),
                    lambda: self.asked(f"({self.chain()} or {v()})"),
                    lambda: self.asked(f"[k for k in (1, 2) if {self.inner(self.chain)}]"),
                    lambda: self.asked(f"({v()} if {self.chain()} else {v()})"),
                    lambda: self.asked(f"bool({self.chain()})"),
                    lambda: self.asked("(0 <= x <= y)"),
                    lambda: self.asked("(0 <= x + y <= 5 <= 7)"),
                    lambda: self.asked("(x <= 5 <= 7)"),
                    lambda: self.asked("(x <= 5 <= y)"),
                    lambda: self.asked("(x == 5 <= 7)"),
                    lambda: self.asked("(x == y <= 7)"),
                    lambda: self.asked("(0 <= x in [3])"),
                    lambda: self.asked("[0 <= k for k in [x] if 0 <= k <= 5]"),
                    lambda: self.asked("sorted([x, y], key=lambda v: 0 <= v <= 5)"),
                ],
                15,
            )
        return self.among(
            [
                self.chain,
                lambda: f"({self.name()} := {v()})" if not self.nested else self.chain(),
                lambda: f"({v()} if {c()} else {v()})",
                lambda: f"[{self.inner(self.chain)} for v in range(2)]",
                lambda: f"[{self.inner(v)} for u in (1, 2) if u <= 1 for v in range(2)]",
                lambda: f"{{u: {self.inner(self.chain)} for u in range(2)}}",
                lambda: f"list({self.inner(self.chain)} for v in range(2))",
                lambda: f"({v()}, {v()})",
                lambda: f"{{'k': {v()}}}",
                lambda: f"(lambda: {self.inner(v)})()",
                lambda: f"(lambda r={v()}: r)()",
                lambda: f"same({v()})",
                lambda: f"same(r={v()})",
                lambda: f"same(*[{v()}], *[{v()}])",
                lambda: "f'{" + self.chain().replace("'", '"').replace("\n", " ") + "!r}'" if NEW >= (3, 12) else v(),
                lambda: f"(no or {v()})",
                lambda: f"(yes and {v()})",
                lambda: self.suspended(v()),
                lambda: f"[{v()}][0]",
                lambda: f"(xs[0], {v()}, 3 < 4 < 5)",
            ],
            1,
        )

    # ---- statements
    def block(self, count: int) -> list[str]:
        return [line for _ in range(count) for line in self.statement()]

    def indented(self, count: int = 1) -> list[str]:
        return ["    " + line for line in "\n".join(self.block(self.random.randint(1, count))).split("\n")]

    def leave(self) -> list[str]:
        """The end of a branch."""
        v = self.value()
        return self.lines(
            f"out({v})" if self.kind in ("module", "generator") or self.nested or self.stays else f"return {v}"
        )

    def lines(self, text: str) -> list[str]:
        return text.split("\n")

    def statement(self) -> list[str]:
        self.depth += 1
        simple = [
            lambda: self.lines(f"out({self.value()})"),
            lambda: self.lines(f"r = {self.value()}") + ["out(r)"],
            lambda: self.lines(f"r: object = {self.value()}") + ["out(r)"],
            lambda: self.lines(self.value()),
            lambda: self.lines(f"out(x + y <= {self.number(4)})"),
        ]
        nested = [
            lambda: [f"if {self.condition()}:", *self.indented(2), "else:", *self.indented()],
            lambda: [f"if {self.condition()}:", *("    " + line for line in self.leave())],
            lambda: ["for k in range(3):", *self.indented(), f"    if {self.condition()}: continue", *self.indented()],
            self.a_while,
            lambda: ["try:", *self.indented(2), "finally:", *self.final()],
            lambda: ["try:", *("    " + line for line in self.leave()), "finally:", *self.final()],
            lambda: ["try:", *self.indented(), "    boom()", "except Boom:", *self.indented(2)],
            lambda: ["try:", *self.indented(), "except Boom:", "    raise", "else:", *self.indented()],
            self.an_abandoned_chain,
            self.an_abandoned_chain,
            lambda: ["with Room():", *self.indented(2)],
            lambda: ["with Room() as room, rescue():", *self.indented(), "    if no: boom()"],
            lambda: ["with Room():", *("    " + line for line in self.leave())],
            lambda: ["class Local:", f"    r = {self.inner(self.chain)}", "out(Local.r)"],
            lambda: [f"@(lambda r: lambda g: r)({self.chain()})", "def g(): pass", "out(g)"],
            lambda: ["def g(n=2):", *self.inner_block(), f"    return {self.inner(self.value)}", "out(g())"],
        ]
        if HAS_MATCH:
            nested.append(
                lambda: [
                    "match yes:",
                    f"    case 0 if {self.condition()}:",
                    *("    " + line for line in self.indented()),
                    "    case r if r:",
                    *("    " + line for line in self.indented()),
                    "    case _:",
                    *("        " + line for line in self.leave()),
                ]
            )
        if HAS_GROUPS:
            nested.append(lambda: ["try:", *self.indented(), "except* Boom:", "    " + f"out({self.value()})"])
        if self.kind == "async def" and not self.nested:
            nested += [
                lambda: ["async with Room():", *self.indented(2)],
                lambda: ["async for k in one_by_one(1, 2):", *self.indented(2)],
                lambda: [f"out([{self.inner(self.chain)} async for k in one_by_one(1, 2)])"],
            ]
        if self.kind == "generator" and not self.nested:
            nested.append(lambda: self.lines(f"out((yield {self.value()}))"))
        if self.random.random() < 0.015:
            made = self.random.choice(["if {}: pass", "while {}: break", "assert {}", "if yes and {}: pass"])
            lines = self.lines(self.asked(made.format(self.chain())))
        else:
            lines = self.random.choice(simple if self.depth > 3 else simple + nested)()
        self.depth -= 1
        return lines

    def final(self) -> list[str]:
        """A block that does not return, which would hide an error."""
        self.stays += 1
        made = self.indented()
        self.stays -= 1
        return made

    def a_while(self) -> list[str]:
        k = self.name()  # which no loop inside sets
        return [
            f"{k} = 0",
            f"while {k} < 2:",
            f"    {k} += 1",
            *self.indented(),
            f"    if {self.condition()}: break",
        ]

    def inner_block(self) -> list[str]:
        self.nested += 1
        made = self.indented()
        self.nested -= 1
        return made

    def an_abandoned_chain(self) -> list[str]:
        """An exception ends it in this frame, which goes on."""
        chain = f"0 <= {self.expression()} <= {self.random.choice(['boom()', 'same(boom(), 3)', '3 + boom()'])}"
        chain = chain if self.of_chains else f"boom(), {chain.split(' <= ', 1)[1].rsplit(' <= ', 1)[0]}"
        if not self.of_chains:  # what the middle records is recorded here, too
            chain = f"({chain.split(', ', 1)[1]}, boom())"
        return self.random.choice(
            [
                ["try:", f"    out({chain})", "except Boom: pass"],
                ["try:", f"    out({chain})", "except Boom as why:", *self.indented()],
                ["with rescue():", f"    out({chain})"],
                ["with contextlib.suppress(Boom):", f"    out({chain})"],
            ]
        )
