"""Element sets of a made-up object whose burns are known."""

import numpy as np

from moonstead.dynamics.mean_elements import WGS72_GM, MeanElements

DAY = 86400.0


def made_history(burns=(), plane=(), days=120.0, seed=1, axis=7.14e6, noise=60.0, decay=0.5):
    """Three sets a day of an orbit that sinks by `decay` [m/d]; phases are off by `noise` [m].

    `burns` are pairs of day and delta-v along the track [m/s], `plane` of day and turn of the inclination [rad].
    """
    random = np.random.default_rng(seed)
    time = np.sort(np.arange(0.0, days, 1.0 / 3.0) + random.uniform(-0.1, 0.1, int(np.ceil(days * 3.0)))) * DAY
    time -= time[0]
    motion = np.sqrt(WGS72_GM / axis**3)
    drift = 1.5 * motion / axis * decay / DAY
    rate = motion + drift * time
    phase = motion * time + 0.5 * drift * time**2
    for day, speed in burns:
        after = np.maximum(time - day * DAY, 0.0)
        rate = rate - 3.0 * speed / axis * (after > 0.0)
        phase = phase - 3.0 * speed / axis * after
    inclination = np.full(time.size, 1.7) + random.choice([-1.0, 0.0, 1.0], time.size) * 1.7e-6
    for day, turn in plane:
        inclination = inclination + turn * (time > day * DAY)
    phase = phase + random.normal(0.0, noise / axis, time.size)
    second = np.floor(time)
    count, nought = time.size, np.zeros(time.size)
    return MeanElements(
        object_id=np.full(count, 900_001),
        name=["MADE"] * count,
        designator=[""] * count,
        epoch_second=500_000_000 + second.astype(np.int64),
        epoch_fraction=time - second,
        mean_motion=rate,
        eccentricity=np.full(count, 0.001),
        inclination=inclination,
        node=np.full(count, 1.0),
        argument_of_perigee=np.full(count, 0.5),
        mean_anomaly=np.mod(phase - 0.5, 2.0 * np.pi),
        drag_term=np.full(count, 1e-5),
        mean_motion_rate=nought,
        mean_motion_second=nought,
        element_set=nought,
        revolution=nought,
        classification=["U"] * count,
    )
