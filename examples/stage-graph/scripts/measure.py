"""Counts the lines of each module, and which modules need it, near or far."""
import json
import sys

source, target = sys.argv[1:]
with open(source) as file:
    modules = {module["name"]: module for module in json.load(file)}


def needed_by(name, seen=()):
    near = [one["name"] for one in modules.values() if name in one["imports"] and one["name"] not in seen]
    return {*near, *(far for one in near for far in needed_by(one, (*seen, name)))}


measures = []
for name, module in modules.items():
    with open(module["file"]) as file:
        lines = sum(1 for line in file if line.strip())
    measures.append({"name": name, "lines": lines, "neededBy": sorted(needed_by(name))})
with open(target, "w") as file:
    json.dump(measures, file, indent=2)
    file.write("\n")
