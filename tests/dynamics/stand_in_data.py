"""Stand-ins for real data whose motions have conserved quantities: circles for orbits, even spins for orientation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable

TERMS = 16
ARC = 0.25  # [rad] of a circle in one record: sixteen terms leave nothing
EARTH, MOON, BARYCENTER = 399, 301, 3
NAMES = {"EARTH": EARTH, "MOON": MOON}


@dataclass(frozen=True)
class Circles:
    """An ephemeris in which Earth and Moon go round their barycentre at an even rate [rad/s], in the plane of x and y.

    At time 0 the Moon stands on the positive x axis. `share` [1] is the Moon's part of both masses.
    """

    distance: float
    rate: float
    share: float

    def chebyshev(self, target, center, start, stop):
        assert center == BARYCENTER
        interval = ARC / self.rate
        first, last = np.floor(start / interval), np.floor(stop / interval)
        middles = (np.arange(first, last + 1) + 0.5) * ARC
        nodes = chebyshev.chebpts1(TERMS)
        angle = middles[:, None] + 0.5 * ARC * nodes
        fit = np.linalg.inv(chebyshev.chebvander(nodes, TERMS - 1))
        values = self._radius(target) * np.stack((np.cos(angle), np.sin(angle), np.zeros_like(angle)), axis=1)
        return ChebyshevTable(first * interval, interval, np.ascontiguousarray(values @ fit.T))

    def position(self, target, center, tdb):
        angle = self.rate * np.asarray(tdb)
        along = np.stack((np.cos(angle), np.sin(angle), np.zeros_like(angle)), axis=-1)
        return (self._radius(NAMES[target]) - self._radius(NAMES[center])) * along

    def _radius(self, target):
        return self.distance * {EARTH: -self.share, MOON: 1.0 - self.share}[target]


@dataclass(frozen=True)
class EvenSpin:
    """An orientation with a fixed pole and an even rate [rad/s]."""

    rate: float
    node: float = 0.4
    tilt: float = 0.7
    interval: float = 3600.0

    def chebyshev(self, start, stop):
        first, last = np.floor(start / self.interval), np.floor(stop / self.interval)
        coefficients = np.zeros((int(last - first) + 1, 3, 2))
        coefficients[:, 0, 0], coefficients[:, 1, 0] = self.node, self.tilt
        coefficients[:, 2, 0] = self.rate * self.interval * (np.arange(first, last + 1) + 0.5)
        coefficients[:, 2, 1] = 0.5 * self.rate * self.interval
        return ChebyshevTable(first * self.interval, self.interval, coefficients)

    def matrix(self, tdb):
        """From inertial to body-fixed axes, R3(psi) R1(tilt) R3(node)."""
        return _third(self.rate * tdb) @ _first(self.tilt) @ _third(self.node)

    @property
    def pole(self):
        return self.matrix(0.0)[2]


def _first(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, s], [0.0, -s, c]])


def _third(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


class StandIn:
    """What propagation asks a data context for."""

    def __init__(self, *, ephemeris=None, lunar_orientation=None):
        self.ephemeris = ephemeris
        self.lunar_orientation = lunar_orientation

    def gravity_field(self, name, degree):
        return DataContext.installed().gravity_field(name, degree)
