"""Orders modules by how many others would break without them, then by size."""
import json
import sys

source, target = sys.argv[1:]
with open(source) as file:
    measures = json.load(file)
ranking = sorted(measures, key=lambda one: (-len(one["neededBy"]), -one["lines"], one["name"]))
with open(target, "w") as file:
    json.dump([{"rank": i, **one} for i, one in enumerate(ranking, 1)], file, indent=2)
    file.write("\n")
