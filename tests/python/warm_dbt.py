"""dbt commands one after another in this process: what each would read again is read once.

A template is compiled once, a macro's text is read once, a model that is switched off is read no
further than that, and garbage is looked for among what the command itself makes: a second command
parses the project in half of the first one's time, and says and builds the same. Needs nothing
but dbt, since the engines' environments use it too.
"""

import contextlib
import gc
from functools import cache

from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import MacroGenerator, get_rendered
from dbt.context.configured import ConfiguredContext
from dbt.context.macro_resolver import TestMacroNamespace
from dbt.context.macros import GLOBAL_PROJECT_NAME, MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.context.providers import ParseConfigObject
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.base import ConfiguredParser
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder
from dbt_common.clients import agate_helper
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
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


def namespace_of(self, macros_by_package, ctx) -> MacroNamespace:
    """dbt's lists of the macros that a template may call, made for each template anew."""
    shared = {"context": ctx, "node": self.node, "stack": self.thread_ctx}

    def called(macro) -> MacroGenerator:
        made = object.__new__(MacroGenerator)
        made.__dict__ = {**shared, "macro": macro}
        return made

    made = {
        package: {name: called(macro) for name, macro in macros.items()}
        for package, macros in macros_by_package.items()
    }
    internal = {}
    for package in reversed(self.internal_package_names_order):
        internal |= made.get(package, {})
    others = {k: v for k, v in made.items() if k not in self.internal_package_names}
    root, own = self.root_package, self.search_package
    return MacroNamespace(
        global_namespace=others.get(root, {}) if root != own else {},
        local_namespace=others.get(own, {}),
        global_project_namespace=internal,
        packages=others,
    )


manifest_context = ManifestContext.to_dict


def with_macros(self) -> dict:
    """What a template may use: of macros of one name, the one that dbt would find first."""
    if isinstance(self.namespace, TestMacroNamespace):
        return manifest_context(self)
    context, found = ConfiguredContext.to_dict(self), self.namespace
    context |= found.global_project_namespace
    context[GLOBAL_PROJECT_NAME] = found.global_project_namespace
    context |= found.packages
    context |= found.global_namespace
    context |= found.local_namespace
    return context


make_event = BaseEvent.__init__
fire = EventManager.fire_event


def noted(self, *arguments, **options) -> None:
    """Of what happens, only what somebody is told is written down."""
    self.__dict__["noted"] = arguments, options


def of_event(self, name: str):
    if name != "pb_msg":
        return getattr(self.pb_msg, name)
    arguments, options = self.__dict__.pop("noted")
    make_event(self, *arguments, **options)
    return self.__dict__["pb_msg"]


def fire_if_heard(self, event, level=None, *arguments, **options) -> None:
    """dbt's own listener waits for a warning; others are not given here."""
    is_detail = (level or event.level_tag()) == EventLevel.DEBUG
    if not is_detail or any(logger.level == EventLevel.DEBUG for logger in self.loggers):
        fire(self, event, level, *arguments, **options)


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
MacroNamespaceBuilder.build_namespace = namespace_of
ManifestContext.to_dict = with_macros
BaseEvent.__init__ = noted
BaseEvent.__getattr__ = of_event
EventManager.fire_event = fire_if_heard
agate_helper.empty_table = cache(agate_helper.empty_table)
enable_test_caching()


def invoke(arguments: list[str], manifest=None) -> dbtRunnerResult:
    """What a dbt command results in: on a manifest that was parsed before, if one is given."""
    usual = gc.get_threshold()
    gc.freeze()
    # a command makes hundreds of thousands of objects, which it keeps
    gc.set_threshold(200_000, 50, 100)
    try:
        return dbtRunner(manifest=manifest).invoke(arguments)
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
