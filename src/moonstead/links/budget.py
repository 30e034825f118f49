"""Whether a radio link closes, and at which data rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import BOLTZMANN, SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

ATMOSPHERE_TEMPERATURE = 275.0  # [K] mean radiating temperature, ITU-R P.618-13 section 3

# Loss at the zenith [dB] behind `atmospheric_allowance_db`. S, X and Ka reproduce ITU-R P.618/P.676 (computed with itur
# 0.4.0) at 10 deg elevation, exceeded for 1 % of the year, at a dry site (Neuquen: 0.34, 0.65 and 6.3 dB). Kashi needs
# less (0.31, 0.54, 5.4 dB); a monsoon site such as Jiamusi needs far more (0.31, 1.6, 17.4 dB). UHF and L: gas only.
ZENITH_ALLOWANCE_DB = {"UHF": 0.02, "L": 0.05, "S": 0.06, "X": 0.115, "Ka": 1.10}
LOWEST_ALLOWANCE_ELEVATION = np.radians(5.0)  # [rad] below it the secant law of a flat atmosphere fails

# Eb/N0 [dB] at which a code delivers frames with an error rate of about 1e-5: curves of CCSDS 130.1-G-3, recalled, good
# to 0.3 dB. The uncoded value is the closed form for QPSK at a bit error rate of 1e-5.
REQUIRED_EB_N0_DB = {
    "uncoded": 9.59,
    "convolutional-reed-solomon": 2.6,
    "turbo-1/2": 1.1,
    "ldpc-1/2": 1.1,
    "ldpc-2/3": 1.9,
    "ldpc-4/5": 2.8,
    "ldpc-7/8": 4.0,
}


@dataclass(frozen=True, slots=True)
class Transmitter:
    """What leaves the antenna.

    Attributes
    ----------
    power : float [W]
        At the amplifier's output.
    gain_dbi : float [dBi]
        Of the antenna on its axis.
    line_loss_db, pointing_loss_db : float [dB]
        Between amplifier and antenna, and by looking beside the target.
    """

    power: float
    gain_dbi: float
    line_loss_db: float = 0.0
    pointing_loss_db: float = 0.0

    def __post_init__(self) -> None:
        if not self.power > 0.0:
            raise InvalidInput(f"transmitter power must be positive [W]; got {self.power!r}")
        _require_loss("line loss", self.line_loss_db)
        _require_loss("pointing loss", self.pointing_loss_db)

    @property
    def eirp_dbw(self) -> float:
        """Equivalent isotropic radiated power [dBW] towards the receiver."""
        return 10.0 * float(np.log10(self.power)) + self.gain_dbi - self.line_loss_db - self.pointing_loss_db


@dataclass(frozen=True, slots=True)
class Receiver:
    """What an antenna makes of the signal.

    Attributes
    ----------
    gain_dbi : float [dBi]
        Of the antenna on its axis.
    noise_temperature : float [K]
        Of the system, at the antenna's terminal and without the atmosphere, which `link_budget` adds.
    pointing_loss_db : float [dB]
        By looking beside the source.
    """

    gain_dbi: float
    noise_temperature: float
    pointing_loss_db: float = 0.0

    def __post_init__(self) -> None:
        if not self.noise_temperature > 0.0:
            raise InvalidInput(f"noise temperature must be positive [K]; got {self.noise_temperature!r}")
        _require_loss("pointing loss", self.pointing_loss_db)

    @property
    def g_over_t_dbk(self) -> float:
        """Figure of merit [dB/K] on the axis, without the atmosphere."""
        return self.gain_dbi - 10.0 * float(np.log10(self.noise_temperature))


@dataclass(frozen=True, slots=True, eq=False)
class LinkBudget:
    """Every line of one link budget; lines that vary with the range are arrays (N,).

    Attributes
    ----------
    frequency : float [Hz]
        Carrier.
    distance : (N,) [m]
        Range from transmitter to receiver.
    transmitter, receiver : Transmitter, Receiver
        The ends, with their own lines.
    path_loss_db, atmospheric_loss_db : (N,) [dB]
        Free-space loss; loss in the atmosphere as it was given.
    polarisation_loss_db, implementation_loss_db : float [dB]
        As they were given.
    noise_temperature : (N,) [K]
        Of the system with the atmosphere's own radiation.
    c_n0_dbhz : (N,) [dB Hz]
        Carrier power over noise density.
    data_rate : (N,) [bit/s]
        Information rate: given, or the highest that keeps the wanted margin.
    eb_n0_db : (N,) [dB]
        Energy of an information bit over noise density, after the implementation loss.
    required_eb_n0_db : float [dB]
        What code and modulation need.
    margin_db : (N,) [dB]
        `eb_n0_db` over what is required.
    """

    frequency: float
    distance: Array
    transmitter: Transmitter
    receiver: Receiver
    path_loss_db: Array
    atmospheric_loss_db: Array
    polarisation_loss_db: float
    implementation_loss_db: float
    noise_temperature: Array
    c_n0_dbhz: Array
    data_rate: Array
    eb_n0_db: Array
    required_eb_n0_db: float
    margin_db: Array

    @property
    def g_over_t_dbk(self) -> Array:
        """Figure of merit (N,) [dB/K] with the atmosphere's noise and the receiver's pointing loss."""
        return self.receiver.gain_dbi - self.receiver.pointing_loss_db - 10.0 * np.log10(self.noise_temperature)

    @property
    def closes(self) -> NDArray[np.bool_]:
        """Whether the margin (N,) is not negative."""
        return self.margin_db >= 0.0

    def lines(self, index: int = 0) -> tuple[tuple[str, float, str, str], ...]:
        """All lines at one range as (name, value, unit, how it was found).

        Parameters
        ----------
        index : int
            Which of the N ranges.

        Returns
        -------
        tuple of (str, float, str, str)
            Values in the unit named beside them [any unit], decibels for ratios.

        Raises
        ------
        InvalidInput
            There is no such range.
        """
        if not -self.distance.size <= index < self.distance.size:
            raise InvalidInput(f"the budget has {self.distance.size} ranges; number {index} was asked for")
        send, receive, i = self.transmitter, self.receiver, index
        return (
            ("frequency", self.frequency, "Hz", "given"),
            ("range", float(self.distance[i]), "m", "given"),
            ("transmitter power", 10.0 * float(np.log10(send.power)), "dBW", "10 log10(power)"),
            ("transmitter antenna gain", send.gain_dbi, "dBi", "given"),
            ("transmitter line loss", -send.line_loss_db, "dB", "given"),
            ("transmitter pointing loss", -send.pointing_loss_db, "dB", "given"),
            ("EIRP", send.eirp_dbw, "dBW", "sum of the four lines above"),
            ("free-space path loss", -float(self.path_loss_db[i]), "dB", "ITU-R P.525-4"),
            ("atmospheric loss", -float(self.atmospheric_loss_db[i]), "dB", "given; no propagation model"),
            ("polarisation loss", -self.polarisation_loss_db, "dB", "given"),
            ("receiver antenna gain", receive.gain_dbi, "dBi", "given"),
            ("receiver pointing loss", -receive.pointing_loss_db, "dB", "given"),
            ("system noise temperature", float(self.noise_temperature[i]), "K", "given + 275 K (1 - 10^(-loss/10))"),
            ("G/T", float(self.g_over_t_dbk[i]), "dB/K", "gain - pointing loss - 10 log10(temperature)"),
            ("C/N0", float(self.c_n0_dbhz[i]), "dBHz", "EIRP - losses + G/T - 10 log10(k)"),
            ("implementation loss", -self.implementation_loss_db, "dB", "given"),
            ("data rate", float(self.data_rate[i]), "bit/s", "given, or the highest with the wanted margin"),
            ("Eb/N0", float(self.eb_n0_db[i]), "dB", "C/N0 - implementation loss - 10 log10(rate)"),
            ("required Eb/N0", self.required_eb_n0_db, "dB", "given"),
            ("margin", float(self.margin_db[i]), "dB", "Eb/N0 - required Eb/N0"),
        )


def free_space_path_loss_db(distance: ArrayLike, frequency: float) -> Array:
    """Basic transmission loss between isotropic antennas in free space.

    Parameters
    ----------
    distance : (...) [m]
        Range.
    frequency : float [Hz]
        Carrier.

    Returns
    -------
    (...) [dB]
        ``20 log10(4 pi d f / c)``; NaN where a distance is NaN.

    Raises
    ------
    InvalidInput
        A distance or the frequency is not positive.

    Source
    ------
    Recommendation ITU-R P.525-4 (2019), free-space basic transmission loss; H. T. Friis (1946), Proc. IRE 34, 254,
    doi:10.1109/JRPROC.1946.234568.
    """
    distance = np.asarray(distance, dtype=np.float64)
    if np.any(distance <= 0.0) or not frequency > 0.0:
        raise InvalidInput(
            f"path loss needs positive distances [m] and frequency [Hz]; got frequency {frequency!r}"
            f" and a shortest distance of {float(np.nanmin(distance)):g}"
        )
    return np.asarray(20.0 * np.log10(4.0 * np.pi * distance * frequency / SPEED_OF_LIGHT))


def atmospheric_allowance_db(band: str, elevation: ArrayLike) -> Array:
    """Fixed allowance for gas, cloud and rain at an Earth station: a planning figure, not a propagation model.

    It knows neither the climate of the site nor the season: about 99 % of a year at a dry site lies below it. Replace
    it by ITU-R P.618/P.676 results where the link hangs on it, above all for Ka band in a monsoon climate.

    Parameters
    ----------
    band : str
        ``"UHF"``, ``"L"``, ``"S"``, ``"X"`` or ``"Ka"``.
    elevation : (...) [rad]
        Of the spacecraft at the station; below 5 deg the value of 5 deg is used.

    Returns
    -------
    (...) [dB]
        ``zenith allowance / sin(elevation)``.

    Raises
    ------
    InvalidInput
        The band has no allowance.

    Source
    ------
    Zenith values that meet ITU-R P.618 and P.676 at 10 deg elevation for Neuquen (0.34, 0.65, 6.3 dB in S, X, Ka).
    """
    if band not in ZENITH_ALLOWANCE_DB:
        raise InvalidInput(f"no atmospheric allowance for band {band!r}; known are {', '.join(ZENITH_ALLOWANCE_DB)}")
    elevation = np.asarray(elevation, dtype=np.float64)
    return np.asarray(ZENITH_ALLOWANCE_DB[band] / np.sin(np.maximum(elevation, LOWEST_ALLOWANCE_ELEVATION)))


def required_eb_n0_db(code: str) -> float:
    """Eb/N0 that a code needs with QPSK for a frame error rate of about 1e-5.

    Parameters
    ----------
    code : str
        One of `REQUIRED_EB_N0_DB`, for example ``"ldpc-1/2"``.

    Returns
    -------
    float [dB]
        Good to 0.3 dB.

    Raises
    ------
    InvalidInput
        The code is not in the table; the message lists it.

    Source
    ------
    CCSDS 130.1-G-3, recalled.
    """
    if code not in REQUIRED_EB_N0_DB:
        raise InvalidInput(f"no threshold known for code {code!r}; known are {', '.join(REQUIRED_EB_N0_DB)}")
    return REQUIRED_EB_N0_DB[code]


def link_budget(
    transmitter: Transmitter,
    receiver: Receiver,
    frequency: float,
    distance: ArrayLike,
    *,
    required_eb_n0_db: float,
    data_rate: float | None = None,
    wanted_margin_db: float = 3.0,
    atmospheric_loss_db: ArrayLike = 0.0,
    polarisation_loss_db: float = 0.0,
    implementation_loss_db: float = 1.0,
) -> LinkBudget:
    """Budget of a link over given ranges: its margin at a data rate, or its data rate at a margin.

    Parameters
    ----------
    transmitter, receiver : Transmitter, Receiver
        The two ends.
    frequency : float [Hz]
        Carrier.
    distance : (N,) or scalar [m]
        Range.
    required_eb_n0_db : float [dB]
        What code and modulation need, for example ``required_eb_n0_db("ldpc-1/2")`` from this module.
    data_rate : float [bit/s], optional
        Information rate. Without it the highest rate with `wanted_margin_db` is found.
    wanted_margin_db : float [dB]
        Margin that the found rate keeps; not used where `data_rate` is given.
    atmospheric_loss_db : (N,) or scalar [dB]
        Zero for links off the Earth; `atmospheric_allowance_db` or a model's result for others.
    polarisation_loss_db, implementation_loss_db : float [dB]
        Mismatch of polarisations; imperfect modem.

    Returns
    -------
    LinkBudget
        Every line, (N,) where it varies; NaN where a distance is NaN.

    Raises
    ------
    InvalidInput
        A distance, the frequency or the rate is not positive, or a loss is negative.

    Source
    ------
    CCSDS 401.0-B-32 and 130.1-G-3 for C/N0 and Eb/N0; sky noise ``T (1 - 10^(-A/10))``: ITU-R P.618-13, section 3.
    """
    distance = np.atleast_1d(np.asarray(distance, dtype=np.float64))
    atmosphere = np.array(np.broadcast_to(np.asarray(atmospheric_loss_db, dtype=np.float64), distance.shape))
    for name, loss in (
        ("atmospheric loss", float(np.nanmin(atmosphere, initial=0.0))),
        ("polarisation loss", polarisation_loss_db),
        ("implementation loss", implementation_loss_db),
    ):
        _require_loss(name, loss)
    if data_rate is not None and not data_rate > 0.0:
        raise InvalidInput(f"data rate must be positive [bit/s]; got {data_rate!r}")
    path_loss = free_space_path_loss_db(distance, frequency)
    temperature = receiver.noise_temperature + ATMOSPHERE_TEMPERATURE * (1.0 - 10.0 ** (-atmosphere / 10.0))
    g_over_t = receiver.gain_dbi - receiver.pointing_loss_db - 10.0 * np.log10(temperature)
    c_n0 = transmitter.eirp_dbw - path_loss - atmosphere - polarisation_loss_db + g_over_t - 10.0 * np.log10(BOLTZMANN)
    if data_rate is None:
        rate = 10.0 ** ((c_n0 - implementation_loss_db - required_eb_n0_db - wanted_margin_db) / 10.0)
    else:
        rate = np.where(np.isnan(c_n0), np.nan, data_rate)
    eb_n0 = c_n0 - implementation_loss_db - 10.0 * np.log10(rate)
    return LinkBudget(
        frequency=frequency,
        distance=distance,
        transmitter=transmitter,
        receiver=receiver,
        path_loss_db=path_loss,
        atmospheric_loss_db=atmosphere,
        polarisation_loss_db=polarisation_loss_db,
        implementation_loss_db=implementation_loss_db,
        noise_temperature=temperature,
        c_n0_dbhz=c_n0,
        data_rate=rate,
        eb_n0_db=eb_n0,
        required_eb_n0_db=required_eb_n0_db,
        margin_db=eb_n0 - required_eb_n0_db,
    )


def _require_loss(name: str, loss_db: float) -> None:
    if loss_db < 0.0:
        raise InvalidInput(f"{name} is a positive number of dB; got {loss_db!r} (a gain belongs in the antenna's gain)")
