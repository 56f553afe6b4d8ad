"""Which benchmarks are there, at which sizes, and how is the growth of their figures found?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks import (
    burst,
    calendars,
    directory,
    duplicates,
    engines,
    replay,
    reports,
    rules,
    sla,
    steady,
    triage,
)
from benchmarks.figures import Figure, Measured, with_growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """``measure`` takes a size and finds figures whose names do not depend on it.

    ``unit`` says of what there are so many. ``quick_sizes`` are for a first look.
    """

    name: str
    unit: str
    sizes: tuple[int, ...]
    quick_sizes: tuple[int, ...]
    about: Callable[[int], str]
    measure: Callable[[int], Sequence[Figure]]

    def run(self, *, quick: bool, growth: bool) -> Measured:
        """Measure each size, with ``growth`` at half of it, too."""
        sizes = self.quick_sizes if quick else self.sizes
        figures = [figure for size in sizes for figure in self._at(size, growth, len(sizes) > 1)]
        return Measured(name=self.name, about=self.about(sizes[-1]), figures=figures)

    def _at(self, size: int, growth: bool, many: bool) -> Iterator[Figure]:
        half = self.measure(size // 2) if growth else ()
        for figure in with_growth(half, self.measure(size)):
            yield replace(figure, name=f"{figure.name}, {size:,} {self.unit}") if many else figure


BENCHMARKS: dict[str, Benchmark] = {
    each.name: each
    for each in (
        Benchmark(
            name="burst",
            unit="leads",
            sizes=(10_000,),
            quick_sizes=(1_000,),
            about=burst.about,
            measure=burst.measure,
        ),
        Benchmark(
            name="duplicates",
            unit="customers",
            sizes=(1_000_000,),
            quick_sizes=(50_000,),
            about=duplicates.about,
            measure=duplicates.measure,
        ),
        Benchmark(
            name="steady",
            unit="leads/s",
            sizes=(20,),
            quick_sizes=(8,),
            about=steady.about,
            measure=steady.measure,
        ),
        Benchmark(
            name="decide",
            unit="rules",
            sizes=rules.SIZES,
            quick_sizes=rules.SIZES[:2],
            about=rules.about_deciding,
            measure=rules.decide_apart,
        ),
        Benchmark(
            name="rules",
            unit="rules",
            sizes=engines.SIZES,
            quick_sizes=engines.SIZES[:1],
            about=engines.about,
            measure=engines.measure,
        ),
        Benchmark(
            name="load",
            unit="rules",
            sizes=rules.SIZES,
            quick_sizes=rules.SIZES[:2],
            about=rules.about_loading,
            measure=rules.load_apart,
        ),
        Benchmark(
            name="sla",
            unit="open leads",
            sizes=(200_000,),
            quick_sizes=(10_000,),
            about=sla.about,
            measure=sla.measure,
        ),
        Benchmark(
            name="calendars",
            unit="calendars",
            sizes=(1_000,),
            quick_sizes=(50,),
            about=calendars.about,
            measure=calendars.measure,
        ),
        Benchmark(
            name="directory",
            unit="people",
            sizes=(20_000,),
            quick_sizes=(3_000,),
            about=directory.about,
            measure=directory.measure,
        ),
        Benchmark(
            name="replay",
            unit="events",
            sizes=(25_000,),
            quick_sizes=(2_000,),
            about=replay.about,
            measure=replay.measure,
        ),
        Benchmark(
            name="triage",
            unit="rooftops",
            sizes=(120, 5_000),
            quick_sizes=(120,),
            about=triage.about,
            measure=triage.measure,
        ),
        Benchmark(
            name="reports",
            unit="leads",
            sizes=(100_000,),
            quick_sizes=(5_000,),
            about=reports.about,
            measure=reports.measure,
        ),
    )
}
