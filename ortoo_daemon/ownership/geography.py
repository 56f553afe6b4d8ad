"""Where is the record, and how far is a rooftop from there? Straight lines on a sphere."""

from math import asin, cos, radians, sin, sqrt

from ortoo_daemon.countries import country_code
from ortoo_daemon.directory import Point
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.records import FieldValue

_EARTH_RADIUS_KM = 6371.0088


def record_place(handling: Handling, choice: RooftopChoice) -> Point | None:
    """The record's own coordinates, else the centre of its postal code; None when neither is known."""
    scope = handling.scope
    own = _point(scope.value("Latitude"), scope.value("Longitude"))
    if own is not None:
        return own
    country = country_code(scope.text(choice.country))
    return handling.facts.point_of(country, scope.text(choice.territory))


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance (haversine), to the metre."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat = sin((lat2 - lat1) / 2)
    half_lon = sin(radians(other.longitude - one.longitude) / 2)
    chord = half_lat * half_lat + cos(lat1) * cos(lat2) * half_lon * half_lon
    return round(2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord))), 3)


def _point(latitude: FieldValue, longitude: FieldValue) -> Point | None:
    """A point on the globe; None when either is missing or lies outside of it."""
    if latitude is None or longitude is None:
        return None  # most records have an address alone
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Point(latitude=float(latitude), longitude=float(longitude))
