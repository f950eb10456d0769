"""Writes the lineage and the table of models into docs/models.md, from dbt's manifest.

What stands outside of its markers is written by hand and stays.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "models.md"
LAYERS = ["seeds", "staging", "intermediate", "marts"]
LOOKS = [
    "classDef mart fill:#ffe8b3,stroke:#b37400,color:#000",
    "classDef stored fill:#d6e8ff,stroke:#2b6cb0,color:#000",
]


def parsed_manifest():
    """The manifest of this project, as its own profile and the demo make it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NRR_", "DBT_"))}
    env["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    with tempfile.TemporaryDirectory() as target:
        options = ["--target-path", target, "--log-level-file", "none", "--no-use-colors"]
        dbt = Path(sys.executable).with_name("dbt")
        parsed = subprocess.run(
            [dbt, "parse", *options], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if parsed.returncode:
            sys.exit(parsed.stdout)
        return json.loads((Path(target) / "manifest.json").read_text())


def nodes_of(manifest):
    """The inputs, seeds and models: id -> name, folder, what it reads, and what the page says."""
    nodes = {}
    for key, source in manifest["sources"].items():
        nodes[key] = {"name": source["name"], "folder": "input", "reads": set()}
    for key, node in manifest["nodes"].items():
        if node["resource_type"] in ("model", "seed") and node["package_name"] == "nrr":
            path = Path(node["original_file_path"])
            nodes[key] = {
                "name": node["name"],
                # models/intermediate/accounts -> intermediate/accounts, and seeds/rules as it is
                "folder": path.parent.relative_to("models").as_posix()
                if node["resource_type"] == "model"
                else path.parent.as_posix(),
                "path": path.as_posix(),
                "reads": set(node["depends_on"].get("nodes", [])),
                "materialized": node["config"]["materialized"],
                "description": node["description"],
            }
    for node in nodes.values():
        node["reads"] &= nodes.keys()
    # of the inputs, those that the demo's models read
    read = set().union(*(node["reads"] for node in nodes.values()))
    return {k: node for k, node in nodes.items() if node["folder"] != "input" or k in read}


def readers_last(nodes):
    """The ids, each after all that it reads."""
    ordered = {}

    def visit(key):
        if key not in ordered:
            for read in sorted(nodes[key]["reads"]):
                visit(read)
            ordered[key] = None

    for key in sorted(nodes):
        visit(key)
    return list(ordered)


def hops_of(nodes):
    """id -> how many models the longest way from an input or seed has, with this one."""
    hops = {}
    for key in readers_last(nodes):
        reads = nodes[key]["reads"]
        hops[key] = 1 + max((hops[read] for read in reads), default=-1)
    return hops


def shortest_edges(nodes):
    """(read, reader), only where no longer way leads there; of a stored table every reader."""
    above = {}
    for key in readers_last(nodes):
        above[key] = set().union(*(above[read] | {read} for read in nodes[key]["reads"]))
    return sorted(
        (read, key)
        for key, node in nodes.items()
        for read in node["reads"]
        if nodes[read].get("materialized") == "incremental"
        or not any(read in above[other] for other in node["reads"])
    )


def folders_of(nodes):
    """Folder -> its ids, both in the order in which they are computed."""
    hops = hops_of(nodes)
    folders = defaultdict(list)
    for key in sorted(nodes, key=lambda key: (hops[key], nodes[key]["name"])):
        folders[nodes[key]["folder"]].append(key)

    def place(folder):
        layer = folder.split("/")[0]
        reach = [hops[key] for key in folders[folder]]
        return LAYERS.index(layer) if layer in LAYERS else -1, max(reach), folder

    return {folder: folders[folder] for folder in sorted(folders, key=place)}


def lineage(nodes):
    """The lineage as a Mermaid flowchart, a box for each folder."""
    lines = ["```mermaid", "flowchart TD"]
    short = {key: f"{node['folder'].split('/')[0]}_{node['name']}" for key, node in nodes.items()}
    for folder, keys in folders_of(nodes).items():
        lines.append(f'    subgraph {folder.replace("/", "_")}["{folder}"]')
        for key in keys:
            label = re.sub("^(stg|int)_nrr__", "", nodes[key]["name"])
            look = ""
            if folder.startswith("marts"):
                look = ":::mart"
            elif nodes[key].get("materialized") == "incremental":
                look = ":::stored"
            lines.append(f'        {short[key]}["{label}"]{look}')
        lines.append("    end")
    lines += [f"    {short[read]} --> {short[reader]}" for read, reader in shortest_edges(nodes)]
    return "\n".join([*lines, *(f"    {look}" for look in LOOKS), "```"])


def in_one_line(description):
    """What a row stands for: the first sentence of a description, as a cell of a table."""
    words = " ".join(description.split())
    sentence = re.split(r"(?<=\.) (?=[^a-z])", words, maxsplit=1)[0].rstrip(".")
    sentence = re.sub("^One row: ", "(only one) ", re.sub("^One row per ", "", sentence))
    return sentence.replace("|", r"\|")


def models_table(nodes):
    """A line for each model: where it is, how it is stored, its grain, and its way from input."""
    hops = hops_of(nodes)
    lines = ["| model | is a | hops | one row per |", "|---|---|---|---|"]
    for folder, keys in folders_of(nodes).items():
        if folder == "input" or folder.startswith("seeds"):
            continue
        lines.append(f"| **{folder}** | | | |")
        for key in keys:
            node = nodes[key]
            lines.append(
                f"| [{node['name']}](../{node['path']}) | {node['materialized']} | {hops[key]} "
                f"| {in_one_line(node['description'])} |"
            )
    return "\n".join(lines)


def written_between(text, name, content):
    """A page's text with what stands between the markers of this name written anew."""
    begin, end = f"<!-- {name}: written by make docs-pages -->", f"<!-- end of {name} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.split(end)[1]}"


def page(text, manifest):
    """The page's text with its lineage and its table of models written anew."""
    nodes = nodes_of(manifest)
    text = written_between(text, "lineage", lineage(nodes))
    return written_between(text, "models", models_table(nodes))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(), parsed_manifest()))
