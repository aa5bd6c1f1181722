#!/usr/bin/env python3
"""Makes src/web/worldmap_table.h from the npm package world-atlas (Natural Earth, public domain):

    npm install world-atlas
    tools/map/world.py node_modules/world-atlas /usr/share/iso-codes/json/iso_3166-1.json

Countries as SVG paths on a grid of whole numbers, in the Equal Earth projection (Savric, Patterson,
Jenny 2018), thinned out along shared borders so that neighbours still fit. Places too small for
that get a point. The second file (Debian's iso-codes) gives codes of two letters for numbers.
"""
import json
import math
import sys

WIDTH = 1000
TOLERANCE = 0.6  # of the grid
MIDDLE = 11.5    # degrees east: the map is cut through the Bering Strait, where there is no land
SOUTH = -56      # Antarctica is left out


def project(lon, lat):
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = t * t
    t6 = t2 ** 3
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / (
        3 * (9 * a[3] * t6 * t2 + 7 * a[2] * t6 + 3 * a[1] * t2 + a[0]))
    return x, t * (a[3] * t6 * t2 + a[2] * t6 + a[1] * t2 + a[0])


SCALE = WIDTH / (2 * project(180, 0)[0])
TOP = project(0, 84)[1]


def grid(point):
    lon, lat = point
    lon = (lon - MIDDLE + 180) % 360 - 180
    x, y = project(lon, lat)
    return x * SCALE + WIDTH / 2, (TOP - y) * SCALE


HEIGHT = round(grid((0, SOUTH))[1])


def arcs_of(topology):
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        out.append(line)
    return out


def away(p, a, b):
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length == 0:
        return math.hypot(p[0] - a[0], p[1] - a[1])
    return abs(dy * (p[0] - a[0]) - dx * (p[1] - a[1])) / length


def thin(line):
    if len(line) < 3:
        return line
    far, at = max((away(p, line[0], line[-1]), i) for i, p in enumerate(line[1:-1], 1))
    if far <= TOLERANCE:
        return [line[0], line[-1]]
    return thin(line[:at + 1])[:-1] + thin(line[at:])


def rings_of(shape, arcs):
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    for polygon in polygons:
        for ring in polygon:
            line = []
            for i in ring:
                arc = arcs[i] if i >= 0 else arcs[~i][::-1]
                line += arc[1:] if line else arc
            yield line


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))) / 2


def path_of(rings):
    out = ""
    for ring in rings:
        points = []
        for p in ring:
            q = (round(p[0]), min(round(p[1]), HEIGHT))
            if not points or points[-1] != q:
                points.append(q)
        if len(points) > 1 and points[0] == points[-1]:
            points.pop()
        if len(points) < 3 or area([*points, points[0]]) < 2:
            continue
        text = "M%d %d" % points[0]
        last, before = "M", points[0]
        for p in points[1:]:
            dx, dy = p[0] - before[0], p[1] - before[1]
            kind = "h" if dy == 0 else "v" if dx == 0 else "l"
            numbers = [dx] if dy == 0 else [dy] if dx == 0 else [dx, dy]
            for i, n in enumerate(numbers):
                lead = kind if i == 0 and kind != last else "" if n < 0 else " "
                text += "%s%d" % (lead, n)
            last, before = kind, p
        out += text + "z"
    return out


def read(folder, name):
    with open("%s/%s" % (folder, name), encoding="utf-8") as f:
        return json.load(f)


def main():
    folder, codes_file = sys.argv[1:3]
    with open(codes_file, encoding="utf-8") as f:
        codes = {c["numeric"]: c["alpha_2"] for c in json.load(f)["3166-1"]}
    coarse, fine = read(folder, "countries-110m.json"), read(folder, "countries-50m.json")
    arcs = [[grid(p) for p in arc] for arc in arcs_of(coarse)]
    arcs = [thin(arc) if arc[0] != arc[-1] else
            thin(arc[:len(arc) // 2 + 1])[:-1] + thin(arc[len(arc) // 2:]) for arc in arcs]
    rows, rest = {}, ""
    for shape in coarse["objects"]["countries"]["geometries"]:
        code = codes.get(shape.get("id"))
        if code == "AQ":
            continue
        path = path_of(rings_of(shape, arcs))
        if code and path:
            rows[code] = [path, None]
        else:
            rest += path  # land whose country is disputed: shown, not coloured
    fine_arcs = [[grid(p) for p in arc] for arc in arcs_of(fine)]
    for shape in fine["objects"]["countries"]["geometries"]:
        code = codes.get(shape.get("id"))
        if not code or code == "AQ" or not shape.get("type"):
            continue
        ring = max(rings_of(shape, fine_arcs), key=area)
        x = sum(p[0] for p in ring) / len(ring)
        y = sum(p[1] for p in ring) / len(ring)
        rows.setdefault(code, ["", None])[1] = (round(x), round(y))
    print("/* Made by tools/map/world.py from Natural Earth (public domain). WORLD(code, x, y, path):\n"
          " * the middle of a country's largest part, and its shape, \"\" where it is too small. */")
    print("#define WORLD_WIDTH  %d\n#define WORLD_HEIGHT %d" % (WIDTH, HEIGHT))
    print('#define WORLD_REST \\\n    "%s"\n#ifdef WORLD' % rest)
    for code in sorted(rows):
        path, middle = rows[code]
        if middle:
            print('WORLD("%s", %d, %d, "%s")' % (code, *middle, path))
    print("#endif")


main()
