"""A map of districts, drawn as SVG from GeoJSON files in the home. No tile server is contacted.

`<home>/areas/*.geojson` (RFC 7946: longitude and latitude, WGS 84). A district is found by any text among a
feature's properties that is the name or official code of one: files of the Office for National Statistics
and of Statistics Netherlands work as they come, if saved in longitude and latitude.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from transforms.values.areas import area_key, find_area

WIDTH = 680
HEIGHT_MAX = 760
STEP_MIN = 2  # (own) pixels between two points of an outline; nearer ones are left out

Ring = list[tuple[float, float]]


@dataclass(frozen=True)
class Shape:
    """A district's outline as SVG path data in whole pixels. `name`: as the release writes it."""

    name: str
    path: str


@dataclass(frozen=True)
class Outlines:
    """The outlines of these districts. `missing`: those that no file has. `fault`: why there is no map."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    missing: tuple[str, ...]
    fault: str = ""


def outline_files(folder: Path) -> list[Path]:
    """Files with outlines; none if there is no folder."""
    return sorted(folder.glob("*.*json"))


def read_outlines(folder: Path | None, names: Iterable[str]) -> Outlines | None:
    """Outlines of the named districts; None if the home holds no file. An unreadable file is an error that
    the page reports, and stops no night.
    """
    files = outline_files(folder) if folder else []
    if not files:
        return None
    wanted = {area_key(name): name for name in names}
    rings: dict[str, list[Ring]] = {}
    for path in files:
        try:
            for key, ring in _rings(orjson.loads(path.read_bytes()), wanted):
                rings.setdefault(wanted[key], []).append(ring)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Outlines(0, 0, (), (), f"{path.name} cannot be read as GeoJSON in longitude and latitude")
    missing = tuple(sorted(wanted.values() - rings.keys()))
    if not rings:
        return Outlines(0, 0, (), missing)
    return _drawn(rings, missing)


def _rings(document: object, wanted: Mapping[str, str]) -> Iterator[tuple[str, Ring]]:
    """(key of the district, ring) of every feature about one of the districts."""
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise ValueError
    for feature in document["features"]:
        geometry = feature["geometry"] or {}
        key = _district(feature["properties"] or {}, wanted)
        if key is None or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            continue
        parts = geometry["coordinates"]
        for polygon in [parts] if geometry["type"] == "Polygon" else parts:
            for ring in polygon:
                points = [(float(point[0]), float(point[1])) for point in ring]
                if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in points):
                    raise ValueError
                yield key, points


def _district(properties: Mapping[str, object], wanted: Mapping[str, str]) -> str | None:
    texts = [text for text in properties.values() if isinstance(text, str)]
    keys = (area_key(name) for text in texts for name in (text, find_area(text).name))
    return next((key for key in keys if key in wanted), None)


def _drawn(rings: Mapping[str, list[Ring]], missing: tuple[str, ...]) -> Outlines:
    """Plate carrée, true to scale in the middle of the map: enough for a region."""
    points = [point for parts in rings.values() for ring in parts for point in ring]
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    narrower = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrower, 1e-9), max(north - south, 1e-9)
    scale = min(WIDTH / wide, HEIGHT_MAX / high)

    def pixel(point: tuple[float, float]) -> tuple[int, int]:
        return round((point[0] - west) * narrower * scale), round((north - point[1]) * scale)

    shapes = tuple(
        Shape(name, " ".join(filter(None, (_path(map(pixel, ring)) for ring in parts))))
        for name, parts in sorted(rings.items())
    )
    return Outlines(round(wide * scale), round(high * scale), shapes, missing)


def _path(pixels: Iterable[tuple[int, int]]) -> str:
    """A closed path, without points nearer than STEP_MIN; "" for a ring too small to see."""
    kept: list[tuple[int, int]] = []
    for x, y in pixels:
        if not kept or max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= STEP_MIN:
            kept.append((x, y))
    return f"M{' L'.join(f'{x} {y}' for x, y in kept)} Z" if len(kept) > 2 else ""
