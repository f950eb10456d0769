"""The project's seeds as the computation takes them."""

from pathlib import Path

from reference.computation import Seeds
from reference.files import read_csv


def read_seeds(project: Path) -> Seeds:
    folder = project / "seeds"
    bounds = {
        (row["benchmark_id"], row["segment"]): row
        for row in read_csv(folder / "benchmarks/nrr_benchmark_rows.csv")
    }
    return Seeds(
        sizes=read_csv(folder / "rules/nrr_sizes.csv"),
        status_values=read_csv(folder / "rules/nrr_status_values.csv"),
        interval_values=read_csv(folder / "rules/nrr_interval_values.csv"),
        benchmarks=read_csv(folder / "benchmarks/nrr_benchmarks.csv"),
        bands=[
            {**bounds[band["benchmark_id"], band["segment"]], **band}
            for band in read_csv(folder / "benchmarks/nrr_benchmark_bands.csv")
        ],
    )
