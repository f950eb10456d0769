"""What sqlfluff puts where SQL calls a macro, so that it judges the SQL as it is written.

.sqlfluff names this folder as its library_path. A call stands for itself: for
`nrr.convert('mrr', 'rate')` the text `nrr_convert(mrr, rate)`. Where a template uses what a macro
returns, it is a list of two names, a mapping of them, or equal to whatever it is compared with:
each `if` is taken.
"""


class Call(str):
    """The SQL of a call, and its value."""

    def __new__(cls, name, arguments):
        call = super().__new__(cls, f"{name}({', '.join(arguments)})")
        call.names = [f"{name}_1", f"{name}_2"]
        return call

    def __iter__(self):
        return iter(self.names)

    def __add__(self, other):
        return (
            str(self) + other
            if isinstance(other, str) and not isinstance(other, Call)
            else [*self, *other]
        )

    def __radd__(self, other):
        return [*other, *self]

    def __eq__(self, _):
        return True

    def __ne__(self, _):
        return False

    __hash__ = str.__hash__

    def __contains__(self, _):
        return True

    def __getitem__(self, key):
        return self.names[key] if isinstance(key, int | slice) else self

    def get(self, *_):
        return self

    def keys(self):
        return self.names

    values = keys

    def items(self):
        return list(zip(self.names, self.names, strict=True))


def rows_of(relation, *_, **__):
    return f"(select * from {relation})"


# Whose text is no expression, whose arguments are no SQL, or whose value is a number or pairs.
OTHERS = {
    "column_name": lambda name: f"nrr_{name}",
    "given_but_unread": lambda *_: "\nwhen true then ''",
    "grace_days": lambda *_: 30,
    "input_rows": rows_of,
    "json_elements": rows_of,
    "json_id": lambda json, *_: f"nrr_json_id({json})",
    "json_value": lambda json, *_: f"nrr_json_value({json})",
    "read_values": lambda *_: "\nnrr_values,",
    "state_columns": lambda *_, **__: "\nnrr_columns",
    "text_literal": lambda *_: "''",
    "timestamp_literal": lambda *_: "timestamp ''",
    "zuora_discount_levels": lambda: [("level_1", "id_1"), ("level_2", "id_2")],
    "zuora_rows": rows_of,
}


def texts(values):
    """The texts within arguments, however deep."""
    for value in values:
        if isinstance(value, dict):
            yield from texts(value.values())
        elif isinstance(value, list | tuple):
            yield from texts(value)
        elif not callable(value):
            yield str(value)


class Macros:
    """The macros of a package, whichever they are."""

    def __init__(self, package):
        self.package = package

    def __getattr__(self, macro):
        if macro in OTHERS:
            return OTHERS[macro]
        return lambda *arguments, **named: Call(
            f"{self.package}_{macro}", texts([arguments, named])
        )


def config(**_):
    return ""


config.get = lambda _, default=None: default
flags = {"EMPTY": False}
nrr, dbt = Macros("nrr"), Macros("dbt")
