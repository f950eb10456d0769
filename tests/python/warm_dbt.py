"""dbt commands one after another in this process: what each would read again is read once.

A template is compiled once, a macro's text is read once, and garbage is looked for among what the
command itself makes: a second command parses the project in less than half of the first one's time,
and says and builds the same. Needs nothing but dbt, since the engines' environments use it too.
"""

import gc

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.tests import enable_test_caching
from jinja2 import Environment

compile_template = Environment.compile
compiled = {}


def compiled_once(self, source, name=None, filename=None, raw=False, defer_init=False):
    """jinja's compiler: of the same text, environments of a class make the same code."""
    if raw or not isinstance(source, str):
        return compile_template(self, source, name, filename, raw, defer_init)
    asked = (type(self), *self.extensions, source, name, filename, defer_init)
    if asked not in compiled:
        compiled[asked] = compile_template(self, source, name, filename, raw, defer_init)
    return compiled[asked]


check_fields = dbtClassMixin.validate.__func__
valid = set()


def checked_once(cls, data):
    """dbt's check of a part of a file or of a config against its schema."""
    asked = (cls, repr(data))
    if asked not in valid:
        check_fields(cls, data)
        valid.add(asked)


Environment.compile = compiled_once
dbtClassMixin.validate = classmethod(checked_once)
enable_test_caching()


def invoke(arguments: list[str], manifest=None) -> dbtRunnerResult:
    """What a dbt command results in: on a manifest that was parsed before, if one is given."""
    gc.freeze()
    try:
        return dbtRunner(manifest=manifest).invoke(arguments)
    finally:
        gc.unfreeze()
