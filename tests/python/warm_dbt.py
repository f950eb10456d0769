"""dbt commands one after another in this process: what each would read again is read once.

A template is compiled once, a macro's text is read once, a model that is switched off is read no
further than that, and garbage is looked for among what the command itself makes: a second command
parses the project in half of the first one's time, and says and builds the same. Needs nothing
but dbt, since the engines' environments use it too.
"""

import contextlib
import gc

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import get_rendered
from dbt.context.providers import ParseConfigObject
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.base import ConfiguredParser
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.exceptions import DbtRuntimeError
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


class SwitchedOffError(DbtRuntimeError):
    """A model's config says that it is not enabled."""


configure = ParseConfigObject.__call__


def configured(self, *arguments, **options):
    said = configure(self, *arguments, **options)
    if (arguments[0] if arguments else options).get("enabled", True) is False:
        raise SwitchedOffError("")
    return said


def rendered_if_enabled(self, node, config):
    """dbt's search for what a model's text refers to, which nobody asks of one that is off."""
    context = self._context_for(node, config)
    with contextlib.suppress(SwitchedOffError):
        get_rendered(node.raw_code, context, node, capture_macros=True)
    return context


# Variables that say nothing of which models there are and what they read: of two, whether they are
# set does, and not to what (test_warm_dbt.py).
READ_IN_SQL_ALONE = {
    *["nrr_reporting_currency", "nrr_timezone", "nrr_past_due_counts", "nrr_paused_counts"],
    *["nrr_discounts", "nrr_reactivation_counts", "nrr_conclusive_accounts"],
    *["nrr_evidence_months"],
    *["nrr_rejected_rows_allowed", "nrr_date_order"],
}
SET_OR_NOT = {"nrr_as_of", "nrr_segments"}


def read_in_parsing(variables: dict) -> dict:
    """What of a command's variables the parsed project depends on: equal for variables that differ
    only in what dbt reads again when it makes a model's SQL."""
    return {
        name: bool(value) if name in SET_OR_NOT else value
        for name, value in variables.items()
        if name not in READ_IN_SQL_ALONE
    }


def packed(manifest: Manifest) -> bytes:
    """What dbt has parsed, to be unpacked for each command, since dbt writes into it."""
    return manifest.to_msgpack(extended_mashumaro_encoder)


def unpacked(parsed: bytes) -> Manifest:
    return Manifest.from_msgpack(parsed, decoder=extended_mashumuro_decoder)


Environment.compile = compiled_once
ParseConfigObject.__call__ = configured
ConfiguredParser.render_with_context = rendered_if_enabled
dbtClassMixin.validate = classmethod(checked_once)
enable_test_caching()


def invoke(arguments: list[str], manifest=None) -> dbtRunnerResult:
    """What a dbt command results in: on a manifest that was parsed before, if one is given."""
    gc.freeze()
    try:
        return dbtRunner(manifest=manifest).invoke(arguments)
    finally:
        gc.unfreeze()
