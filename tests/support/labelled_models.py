"""Random labelled models beside plain dictionaries: ``python -m tests.support.labelled_models COUNT [SEED]`` runs many.

A label is a tuple of small numbers here, one for each level.  What a number stands for is in `KINDS`: an hour of the
autumn change, a nanosecond, a decimal, in each form that pandas and polars have for it.  The dictionaries know the
numbers alone, so that they cannot mistake one hour for another.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
from decimal import Decimal
from typing import Any, NamedTuple, Optional

import numpy as np
import pandas as pd
import polars as pl
import pytest

from pplp import InvalidValue, LinearProgram

#: Old versions of polars do not have it.
LONG = getattr(pl, "Int128", None)


class Kind(NamedTuple):
    """One kind of label: all of its labels, in each form of pandas and polars, and as Python objects that are exact."""

    pandas: list[pd.Index]
    polars: list[pl.Series]
    plain: Optional[list[Any]]


def _numbers(values: list[int], *types: Any) -> list[pl.Series]:
    return [pl.Series(values, dtype=one) for one in types if one is not None]


def _kinds() -> dict[str, Kind]:
    small, big = [0, 1, -3, 5, 100, 7], [2**53, 2**53 + 1, 2**53 + 2, 2**62, 2**63 - 1, 5]
    huge = [2**63, 2**64 - 1, 2**63 + 1, 2**53, 2**53 + 1, 7]
    floats = [0.0, 0.1, 1.5, -2.25, 1e300, 1e-300]
    texts = ["a", "b", "1", "A", "", "é"]
    days = [dt.date(2024, 2, 28 + k) if k < 2 else dt.date(2024, 3, k) for k in range(6)]
    moments = [dt.datetime(2024, 1, 1, 0, 0, k, 7 * k) for k in range(6)]
    nanoseconds = [10**18 + k for k in range(6)]
    hours = [dt.datetime(2024, 10, 26, 22 + k) if k < 2 else dt.datetime(2024, 10, 27, k - 2) for k in range(6)]
    utc = pl.Series(hours).dt.replace_time_zone("UTC")
    stamps = pd.DatetimeIndex(hours, tz="UTC")
    decimals = [Decimal(one) for one in ("1.10", "2", "-3.5", "0", "12345678.25", "1.1000001")]
    spans = [dt.timedelta(days=k, microseconds=k) for k in range(6)]
    times = [dt.time(k, 0, k, k) for k in range(6)]
    return {
        "whole": Kind(
            [pd.Index(small), pd.Index(small, dtype="int8"), pd.Index(small, dtype="Int64"),
             pd.Index(small, dtype=object),
             pd.Index(small, dtype=float), pd.CategoricalIndex(small)],
            _numbers(small, pl.Int64, pl.Int8, LONG, pl.Float32), small,
        ),
        "big": Kind([pd.Index(big), pd.Index(big, dtype="uint64"), pd.Index(big, dtype=object)],
                    _numbers(big, pl.Int64, pl.UInt64, LONG), big),
        "huge": Kind([pd.Index(huge, dtype="uint64"), pd.Index(huge, dtype=object)],
                     _numbers(huge, pl.UInt64, LONG), huge),
        "real": Kind([pd.Index(floats), pd.Index([-0.0, *floats[1:]]), pd.Index(floats, dtype="Float64")],
                     [pl.Series(floats), pl.Series([-0.0, *floats[1:]])], floats),
        "text": Kind(
            [pd.Index(texts), pd.Index(texts, dtype=object), pd.CategoricalIndex(texts),
             pd.Index(texts, dtype="string")],
            [pl.Series(texts), pl.Series(texts, dtype=pl.Categorical), pl.Series(texts, dtype=pl.Enum(texts[::-1]))],
            texts,
        ),
        "truth": Kind([pd.Index([True, False]), pd.Index([True, False], dtype="boolean")], [pl.Series([True, False])],
                      [True, False]),
        "day": Kind([pd.Index(days, dtype=object)], [pl.Series(days)], days),
        "moment": Kind(
            [pd.DatetimeIndex(moments), pd.DatetimeIndex(moments).as_unit("ns"), pd.Index(moments, dtype=object)],
            [pl.Series(moments, dtype=pl.Datetime("us")), pl.Series(moments, dtype=pl.Datetime("ns"))], moments,
        ),
        "nanosecond": Kind([pd.DatetimeIndex(np.array(nanoseconds, "datetime64[ns]"))],
                           [pl.Series(nanoseconds).cast(pl.Datetime("ns"))], None),
        "autumn": Kind(
            [stamps, stamps.tz_convert("Europe/Berlin"), stamps.tz_convert("America/New_York").as_unit("ns")],
            [utc, utc.dt.convert_time_zone("Europe/Berlin"),
             utc.dt.convert_time_zone("Asia/Tokyo").dt.cast_time_unit("ms")],
            None,
        ),
        "span": Kind([pd.TimedeltaIndex(spans), pd.TimedeltaIndex(spans).as_unit("ns"), pd.Index(spans, dtype=object)],
                     [pl.Series(spans), pl.Series(spans).dt.cast_time_unit("ns")], spans),
        "tick": Kind([pd.TimedeltaIndex(np.arange(6).astype("timedelta64[ns]"))],
                     [pl.Series(range(6)).cast(pl.Duration("ns"))], None),
        "clock": Kind([pd.Index(times, dtype=object)], [pl.Series(times)], times),
        "decimal": Kind([pd.Index(decimals, dtype=object)],
                        [pl.Series(map(str, decimals)).cast(pl.Decimal(20 + k, 7 + k)) for k in (0, 5)],
                        decimals),
        "bytes": Kind([pd.Index([one.encode() for one in texts], dtype=object)],
                      [pl.Series([one.encode() for one in texts])], [one.encode() for one in texts]),
        "period": Kind([pd.period_range("2024-01", periods=6, freq="M")], [], None),
        "interval": Kind([pd.interval_range(0, 6)], [], None),
    }  # fmt: skip


KINDS = _kinds()
#: label -> (variable -> coefficient, constant), in the order of the labels
Expected = dict


class Model:
    """A random array with labels, and the same as a dictionary, through random operations."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.lp = LinearProgram()
        names = list(KINDS)
        levels = [f"k{k}" for k in range(self.draw.choice([1, 1, 2, 2, 3]))]
        self.kinds = {level: self.draw.choice(names) for level in levels}
        self.labels = self.some_labels(levels)
        self.array, self.expected = self.variables(self.labels, levels)
        self.levels = levels

    # ---- labels, and data with them
    def some_labels(self, levels: list[str]) -> list[tuple[int, ...]]:
        """Labels, each once."""
        used = [range(self.draw.randint(1, len(KINDS[self.kinds[level]].pandas[0]))) for level in levels]
        every: list[tuple[int, ...]] = [()]
        for numbers in used:
            every = [(*label, number) for label in every for number in numbers]
        count = self.draw.choice([len(every), self.draw.randint(0, len(every))])
        return self.draw.sample(every, min(count, 12))

    def index(self, labels: list[tuple[int, ...]], levels: list[str], package: str = "") -> Any:
        """The labels in one of their forms, as an index of pandas or a frame of polars."""
        kinds = [KINDS[self.kinds[level]] for level in levels]
        if package == "pandas" or not all(kind.polars for kind in kinds) or (not package and self.draw.random() < 0.5):
            columns = [
                self.draw.choice(kind.pandas).take(np.array([label[k] for label in labels], int))
                for k, kind in enumerate(kinds)
            ]
            if len(levels) == 1:
                return columns[0].rename(levels[0])
            return pd.MultiIndex.from_arrays(columns, names=levels)
        return pl.DataFrame(
            [
                self.draw.choice(kind.polars)[np.array([label[k] for label in labels], int)].alias(level)
                for k, (kind, level) in enumerate(zip(kinds, levels))
            ]
        )

    def data(self, numbers: dict[tuple[int, ...], float], levels: list[str]) -> Any:
        """Numbers by label: a series, a frame or a dictionary, in an order of its own."""
        labels = self.draw.sample(list(numbers), len(numbers))
        order = levels if self.draw.random() < 0.7 else self.draw.sample(levels, len(levels))
        plain = [KINDS[self.kinds[level]].plain for level in levels]
        if self.draw.random() < 0.2 and all(one is not None for one in plain) and levels == self.levels:
            keys = [tuple(column[number] for column, number in zip(plain, label)) for label in labels]
            return {key if len(levels) > 1 else key[0]: numbers[label] for key, label in zip(keys, labels)}
        places = [levels.index(level) for level in order]
        index = self.index([tuple(label[k] for k in places) for label in labels], order)
        values = [numbers[label] for label in labels]
        if isinstance(index, pl.DataFrame):
            return index.with_columns(pl.Series("number", values, dtype=pl.Float64))
        return pd.Series(values, index=index, dtype=float)

    def numbers(self, labels: Any) -> dict[tuple[int, ...], float]:
        """A number for each."""
        return {label: float(self.draw.choice([1, 2, 4, -8, 16])) for label in labels}

    def variables(self, labels: list[tuple[int, ...]], levels: list[str]) -> tuple[Any, Expected]:
        """Variables with labels; as expected."""
        first = len(self.lp.variables)
        array = self.lp.Vars(self.index(labels, levels))
        return array, {label: ({first + k: 1.0}, 0.0) for k, label in enumerate(labels)}

    # ---- what is done to it
    def step(self) -> None:
        """One operation."""
        getattr(self, self.draw.choice([name for name in dir(Model) if name.startswith("do_")]))()

    def do_arithmetic(self) -> None:
        """With data of all levels or of some, on either side."""
        levels = self.some_levels()
        places = [self.levels.index(level) for level in levels]
        numbers = self.numbers({tuple(label[k] for k in places): 0 for label in self.expected})
        other = self.data(numbers, levels)
        sign = self.draw.choice("+-*/r<")

        def made(terms: dict[int, float], shift: float, b: float) -> tuple[dict[int, float], float]:
            if sign in "+-r":
                sides = {"+": (1, b), "-": (1, -b), "r": (-1, b)}[sign]
                return {j: sides[0] * a for j, a in terms.items()}, sides[0] * shift + sides[1]
            factor = b if sign in "*<" else 1 / b
            return {j: factor * a for j, a in terms.items()}, factor * shift

        left = isinstance(other, (pd.Series, dict))
        if sign == "+":
            self.array = self.array + other if self.draw.random() < 0.5 or not left else other + self.array
        elif sign == "-":
            self.array = self.array - other
        elif sign == "r":
            self.array = other - self.array if left else -self.array + other
        elif sign in "*<":
            self.array = other * self.array if left and sign == "<" else self.array * other
        else:
            self.array = self.array / other
        self.expected = {
            label: made(*one, numbers[tuple(label[k] for k in places)]) for label, one in self.expected.items()
        }

    def do_variables(self) -> None:
        """With other variables, of all levels or of some, or of one more."""
        levels = self.some_levels()
        places = [self.levels.index(level) for level in levels]
        labels = list(dict.fromkeys(tuple(label[k] for k in places) for label in self.expected))
        other, expected = self.variables(self.draw.sample(labels, len(labels)), levels)
        flip = self.draw.random() < 0.5
        # Of two arrays with the same levels the left gives its labels, otherwise the one that has more.
        self.array = other + self.array if flip else self.array - other
        factor = 1.0 if flip else -1.0
        sums: Expected = {}
        order = expected if flip and len(levels) == len(self.levels) else self.expected
        turned = flip and len(levels) == len(self.levels)
        for label in order:
            own = label
            if turned:
                own = tuple(label[levels.index(level)] for level in self.levels)
            terms, shift = dict(self.expected[own][0]), self.expected[own][1]
            for j, a in expected[tuple(own[k] for k in places)][0].items():
                terms[j] = terms.get(j, 0.0) + factor * a
            sums[label] = terms, shift
        self.expected = sums
        if turned:
            self.levels = levels

    def do_sums(self) -> None:
        """Of groups by levels, or by a table."""
        if self.draw.random() < 0.3 and self.expected:
            levels = self.some_levels()
            places = [self.levels.index(level) for level in levels]
            groups = {tuple(label[k] for k in places): 0.0 for label in self.expected}
            groups = {label: float(self.draw.randint(0, 2)) for label in groups}
            self.array = self.array.groupby(self.data(groups, levels)).sum()
            key = {label: (int(groups[tuple(label[k] for k in places)]),) for label in self.expected}
            self.expected = total(self.expected, key)
            # The groups are the numbers 0.0, 1.0 and 2.0: labels of no kind, so they get those of one.
            self.kinds = {**self.kinds, "g": "whole"}
            self.array = self.array.set_axis(self.index(list(self.expected), ["g"]))
            self.levels = ["g"]
            return
        levels = self.some_levels()
        places = [self.levels.index(level) for level in levels]
        self.array = self.array.groupby(levels if len(levels) > 1 else levels[0]).sum()
        self.expected = total(self.expected, {label: tuple(label[k] for k in places) for label in self.expected})
        self.levels = levels

    def do_shift(self) -> None:
        """Along a level, or within groups; with and without a start."""
        level = self.draw.choice(self.levels)
        own = self.levels.index(level)
        what, periods = self.draw.choice(["shift", "diff", "roll", "cumsum"]), self.draw.choice([1, 1, -1, 2, 0, -9])
        grouped = self.draw.random() < 0.5
        if grouped:
            of = self.array.groupby(level)
            lines = by(self.expected, lambda label: label[own])
            rank = {label: place for line in lines.values() for place, label in enumerate(line)}
            line_of = {label: label[own] for label in self.expected}
        else:
            of = self.array
            lines = by(self.expected, lambda label: label[:own] + label[own + 1 :])
            certain = self.order(own, list(lines.values()))
            if certain is None:
                with pytest.raises(InvalidValue, match="is not certain"):
                    getattr(of, what)(level=level)
                return
            order = {number: place for place, number in enumerate(certain)}
            rank = {label: order[label[own]] for label in self.expected}
            line_of = {label: label[:own] + label[own + 1 :] for label in self.expected}
        at = {(line_of[label], rank[label]): label for label in self.expected}
        options: dict[str, Any] = {} if grouped else {"level": level}
        before = {label: at.get((line_of[label], rank[label] - periods)) for label in self.expected}
        holes = [label for label, one in before.items() if one is None]
        if what == "cumsum":
            self.array = of.cumsum(**options)
            self.expected = {
                label: plus(*(self.expected[one] for one in lines[line_of[label]] if rank[one] <= rank[label]))
                for label in self.expected
            }
        elif what == "roll":
            if not grouped and any(len(line) < len(order) for line in lines.values()):
                with pytest.raises(InvalidValue, match="goes around all"):
                    of.roll(periods, **options)
                return
            self.array = of.roll(periods, **options)
            self.expected = {
                label: self.expected[at[line_of[label], (rank[label] - periods) % len(lines[line_of[label]])]]
                for label in self.expected
            }
        elif what == "diff":
            self.array = of.diff(periods, **options)
            self.expected = {
                label: plus(self.expected[label], minus(self.expected[one]))
                for label, one in before.items()
                if one is not None
            }
        elif self.draw.random() < 0.4:
            self.array = of.shift(periods, **options)
            self.expected = {label: self.expected[one] for label, one in before.items() if one is not None}
        else:
            fill: Any = 3.0
            start = dict.fromkeys(holes, 3.0)
            if holes and self.draw.random() < 0.6:
                start = self.numbers(holes)
                fill = self.data(start, self.levels)
            self.array = of.shift(periods, fill_value=fill, **options)
            self.expected = {
                label: ({}, start[label]) if one is None else self.expected[one] for label, one in before.items()
            }

    def order(self, own: int, lines: list[list[Any]]) -> Optional[list[Any]]:
        """The labels of a level in the order that is certain, found among all permutations; None where none is."""
        used = list(dict.fromkeys(label[own] for label in self.expected))
        said = [[label[own] for label in line] for line in lines]
        kept = [
            list(order)
            for order in itertools.permutations(used)
            if all([number for number in order if number in line] == line for line in said)
        ]
        column = KINDS[self.kinds[self.levels[own]]].pandas[0].tolist()
        values = {number: column[number] for number in used}
        is_text = all(isinstance(one, (str, bytes)) for one in values.values())
        natural = None
        if not any(isinstance(one, bool) for one in values.values()):
            natural = sorted(used, key=values.__getitem__)
        for order in (natural, natural and natural[::-1]):
            if not is_text and order in kept:
                return order
        if len(kept) == 1:
            return kept[0]
        return used if used in kept and used == natural else None

    def do_part(self) -> None:
        """By position, by label, by the label of a level."""
        labels = list(self.expected)
        what = self.draw.choice(["slice", "list", "mask", "one", "xs", "unstack", "loc"])
        if what == "slice":
            a, b, c = self.draw.randint(-9, 9), self.draw.randint(-9, 9), self.draw.choice([1, -1, 2])
            self.array, labels = self.array.iloc[a:b:c], labels[a:b:c]
        elif what in ("list", "loc"):
            places = self.draw.sample(range(len(labels)), self.draw.randint(0, len(labels)))
            labels = [labels[place] for place in places]
            if what == "list":
                self.array = self.array.iloc[places]
            else:
                truth = np.zeros(len(self.expected), bool)
                truth[places] = True
                labels = [label for place, label in enumerate(self.expected) if place in places]
                frames = isinstance(self.array.index, pl.DataFrame)
                self.array = self.array.loc[pl.Series(truth) if frames else truth]
        elif what == "mask":
            truth = [self.draw.random() < 0.7 for _ in labels]
            self.array = self.array.iloc[np.array(truth, bool)]
            labels = [label for label, kept in zip(labels, truth) if kept]
        elif what == "one" and labels:
            place = self.draw.randrange(len(labels))
            assert parts(self.array.iloc[place]) == parts(self.expected[labels[place]])
        elif len(self.levels) > 1 and labels:
            level = self.draw.choice(self.levels)
            own, number = self.levels.index(level), self.draw.choice(labels)[self.levels.index(level)]
            plain = KINDS[self.kinds[level]].plain
            rest = {label[:own] + label[own + 1 :]: one for label, one in self.expected.items() if label[own] == number}
            if what == "xs" and plain is not None:
                self.array = self.array.xs(plain[number], level=level)
            elif self.kinds[level] not in ("nanosecond", "tick"):
                every = list(dict.fromkeys(label[own] for label in labels))
                self.array = list(self.array.unstack(level).values())[every.index(number)]
            else:
                return
            self.expected, self.levels = rest, [one for one in self.levels if one != level]
            return
        self.expected = {label: self.expected[label] for label in labels}

    def do_reindex(self) -> None:
        """To the same labels and more, in another order."""
        sizes = [len(KINDS[self.kinds[level]].pandas[0]) for level in self.levels]
        more = {tuple(self.draw.randrange(size) for size in sizes) for _ in range(3)}
        labels = list({**self.expected, **dict.fromkeys(sorted(more))})
        self.draw.shuffle(labels)
        self.array = self.array.reindex(self.index(labels, self.levels))
        self.expected = {label: self.expected.get(label, ({}, 0.0)) for label in labels}

    def do_mistake(self) -> None:
        """A label too many, or one too few, is refused."""
        sizes = [len(KINDS[self.kinds[level]].pandas[0]) for level in self.levels]
        label = tuple(self.draw.randrange(size) for size in sizes)
        labels = [one for one in self.expected if one != label]
        if label not in self.expected:
            labels.append(label)
        with pytest.raises(InvalidValue):
            self.array + self.data(self.numbers(labels), self.levels)

    def do_relation(self) -> None:
        """Right-hand sides reach their own rows, and bounds their own variables."""
        numbers = self.numbers(self.expected)
        relation = self.array <= self.data(numbers, self.levels)
        for label, one in zip(self.expected, relation):
            terms, shift = parts(one._expression)
            assert one._upper - shift == numbers[label] - self.expected[label][1]
            assert terms == parts(self.expected[label])[0]
        x, _ = self.variables(list(self.expected), self.levels)
        x.ub = self.data(numbers, self.levels)
        assert [one.ub for one in x] == list(numbers.values())
        given = self.lp.Vars(self.index(list(numbers), self.levels), lb=-99, ub=self.data(numbers, self.levels))
        assert [one.ub for one in given] == list(numbers.values())

    def some_levels(self) -> list[str]:
        """All levels, or some, in any order."""
        count = self.draw.choice([len(self.levels), self.draw.randint(1, len(self.levels))])
        return self.draw.sample(self.levels, count)

    def check(self) -> None:
        """Are the expressions as expected?"""
        assert [parts(one) for one in self.array] == [parts(one) for one in self.expected.values()]

    def check_labels(self) -> None:
        """Are the labels, and the element of each?"""
        assert decoded(self.array.index, [self.kinds[level] for level in self.levels]) == list(self.expected)
        for label, one in self.expected.items():
            plain = [KINDS[self.kinds[level]].plain for level in self.levels]
            if all(column is not None for column in plain):
                key = tuple(column[number] for column, number in zip(plain, label))
                assert parts(self.array[key if len(key) > 1 else key[0]]) == parts(one)


def by(labels: Any, key: Any) -> dict[Any, list[Any]]:
    """The labels in groups, each in their order."""
    groups: dict[Any, list[Any]] = {}
    for label in labels:
        groups.setdefault(key(label), []).append(label)
    return groups


def total(expected: Expected, key: dict[Any, Any]) -> Expected:
    """The sums of groups, in order of appearance."""
    return {group: plus(*(expected[one] for one in labels)) for group, labels in by(expected, key.get).items()}


def plus(*them: tuple[dict[int, float], float]) -> tuple[dict[int, float], float]:
    """The sum of expressions."""
    terms: dict[int, float] = {}
    for one, _ in them:
        for j, a in one.items():
            terms[j] = terms.get(j, 0.0) + a
    return terms, sum(shift for _, shift in them)


def minus(one: tuple[dict[int, float], float]) -> tuple[dict[int, float], float]:
    """The negative of an expression."""
    return {j: -a for j, a in one[0].items()}, -one[1]


def parts(expression: Any) -> tuple[dict[int, float], float]:
    """An expression, or what is expected of one, without zeros."""
    if not isinstance(expression, tuple):
        indices, coefficients, shift = expression._parts()
        expression = plus(*(({j: a}, 0.0) for j, a in zip(indices, coefficients)), ({}, shift))
    return {j: a for j, a in expression[0].items() if a}, expression[1]


def decoded(index: Any, kinds: list[str]) -> list[tuple[int, ...]]:
    """The numbers of the labels of an index or a frame, by what pandas and polars make of them."""
    columns = []
    for k, kind in enumerate(kinds):
        if isinstance(index, pl.DataFrame):
            column = index.to_series(k)
            full = next(one for one in KINDS[kind].polars if one.dtype == column.dtype)
            stored, every = (
                (one.to_physical() if one.dtype.is_temporal() else one).to_list() for one in (column, full)
            )
            columns.append([every.index(one) for one in stored])
        else:
            level = index.get_level_values(k)
            full = next(one for one in KINDS[kind].pandas if one.dtype == level.dtype)
            columns.append(full.get_indexer(level).tolist())
    return list(zip(*columns))


def run(seed: int) -> None:
    """One random model: it is what the dictionaries say, after each step."""
    model = Model(seed)
    model.check()
    for _ in range(model.draw.randint(1, 4)):
        model.step()
        model.check()
    model.check_labels()


def main(count: int, first: int = 0) -> int:
    """Run that many, and say which are wrong."""
    wrong = 0
    for seed in range(first, first + count):
        try:
            run(seed)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            wrong += 1
            print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    print(f"{count} models from seed {first}: {wrong} wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:]))))
