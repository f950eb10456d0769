"""docs/models.md shows the models as they are."""

import write_models_page as models_page


def test_the_page_of_models_is_what_the_manifest_says(demo):
    written = models_page.PAGE.read_text()
    assert written == models_page.page(written, demo.manifest), (
        "docs/models.md is stale: make docs-pages"
    )


def node(name, reads=(), folder="models/intermediate/accounts"):
    return {
        "name": name,
        "package_name": "nrr",
        "resource_type": "model",
        "original_file_path": f"{folder}/{name}.sql",
        "depends_on": {"nodes": [f"model.nrr.{read}" for read in reads]},
        "config": {"materialized": "view"},
        "description": f"One row per {name}: a|b, i.e. all of it. More is not shown.",
    }


def manifest(*nodes):
    return {"sources": {}, "nodes": {f"model.nrr.{node['name']}": node for node in nodes}}


def test_an_edge_is_drawn_only_where_no_longer_way_leads_there():
    nodes = models_page.nodes_of(manifest(node("a"), node("b", ["a"]), node("c", ["a", "b"])))
    assert models_page.shortest_edges(nodes) == [
        ("model.nrr.a", "model.nrr.b"),
        ("model.nrr.b", "model.nrr.c"),
    ]


def test_every_reader_of_a_stored_table_is_drawn():
    stored = node("a")
    stored["config"]["materialized"] = "incremental"
    nodes = models_page.nodes_of(manifest(stored, node("b", ["a"]), node("c", ["a", "b"])))
    assert ("model.nrr.a", "model.nrr.c") in models_page.shortest_edges(nodes)


def test_the_longest_way_counts_the_hops():
    nodes = models_page.nodes_of(manifest(node("a"), node("b", ["a"]), node("c", ["a", "b"])))
    assert list(models_page.hops_of(nodes).values()) == [0, 1, 2]


def test_a_row_of_the_table_has_the_first_sentence_alone():
    table = models_page.models_table(models_page.nodes_of(manifest(node("a"))))
    assert table.endswith(
        "| [a](../models/intermediate/accounts/a.sql) | view | 0 | a: a\\|b, i.e. all of it |"
    )
