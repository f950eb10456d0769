"""Models by chapter, as dbt selects them; these rest on states, and every run makes them anew."""

CUSTOMERS = [
    *[
        f"nrr.intermediate.{name}"
        for name in ("customers", "evidence", "queue", "health", "renewals", "outlook")
    ],
    "nrr.marts.customers",
]
EXPLANATION = [
    *[f"nrr.intermediate.{name}" for name in ("bridges", "cohorts", "drivers", "findings")],
    *["nrr.intermediate.methods", "nrr.marts.explanation"],
]
