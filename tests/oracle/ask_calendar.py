"""Zones and windows against Python's zoneinfo, over every zone of the system and far beyond the
end of its tables."""
import random
import zoneinfo
from datetime import datetime, timedelta, timezone

import oracle

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
NIGHT = ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/Santiago", "Asia/Kolkata", "Europe/Dublin", "Pacific/Apia", "Antarctica/Troll"]


def utc(second):
    return EPOCH + timedelta(seconds=second)


def second_of(moment):
    return (moment - EPOCH) // timedelta(seconds=1)


def offset(zone, second):
    return utc(second).astimezone(zone).utcoffset() // timedelta(seconds=1)


def instant(zone, civil):
    """The first moment that shows `civil`; in a gap the jump, found by halving."""
    moment = second_of(civil.replace(tzinfo=zone, fold=0).astimezone(timezone.utc))
    if utc(moment).astimezone(zone).replace(tzinfo=None) == civil:
        return moment
    low, high = moment - 90000, moment + 90000
    naive = lambda s: utc(s).astimezone(zone).replace(tzinfo=None)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if naive(middle) < civil else (low, middle)
    return high


def window(zone, kind, from_day, from_minute, to_day, to_minute, second):
    today = utc(second).astimezone(zone).date()
    best = None
    for i in range(-20, 30):
        day = today + timedelta(days=i)
        if kind == "weekly" and day.weekday() != from_day:
            continue
        days = (to_day - from_day) % 7 if kind == "weekly" else 0
        if days == 0 and to_minute <= from_minute:
            days = 7 if kind == "weekly" else 1
        midnight = datetime(day.year, day.month, day.day)
        start = instant(zone, midnight + timedelta(minutes=from_minute))
        end = instant(zone, midnight + timedelta(days=days, minutes=to_minute))
        if second < end and start < end and (best is None or start < best[0]):
            best = start, end
    return f"{best[0]} {best[1]}"


def moments(r, zone):
    for _ in range(14):
        yield r.randint(-5_000_000_000, 10_000_000_000)
    for year in (1996, 2027, 2038, 2100):  # on both sides of changes of the clocks
        start = second_of(datetime(year, 1, 1, tzinfo=timezone.utc))
        step = 86400 * 5
        for s in range(start, start + 366 * 86400, step):
            if offset(zone, s) != offset(zone, s + step):
                low, high = s, s + step
                while high - low > 1:
                    middle = (low + high) // 2
                    if offset(zone, middle) == offset(zone, low):
                        low = middle
                    else:
                        high = middle
                yield from (high - 1, high, high - 1800, high + 1800)


def questions(r):
    for name in sorted(zoneinfo.available_timezones()):
        if name.startswith("right/") or name == "localtime":
            continue
        zone = zoneinfo.ZoneInfo(name)
        for s in moments(r, zone):
            local = utc(s).astimezone(zone)
            yield f"offset {name} {s}", f"{offset(zone, s)} {local.tzname()}"
            micro = r.randint(0, 999999)
            yield (f"civil {name} {s * 1000000 + micro}",
                   f"{local.year} {local.month} {local.day} {local.hour} {local.minute} "
                   f"{local.second} {micro} {local.weekday()}")
            c = local.replace(tzinfo=None) + timedelta(seconds=r.choice([0, 1800, -1800, 3600]))
            c = c.replace(fold=0)
            yield (f"instant {name} {c.year} {c.month} {c.day} {c.hour} {c.minute} {c.second}",
                   str(instant(zone, c)))
    for name in NIGHT:
        zone = zoneinfo.ZoneInfo(name)
        for s in moments(r, zone):
            if not 0 < s < 8_000_000_000:
                continue
            s += r.randint(-200000, 200000)
            w = (r.choice(["daily", "weekly"]), r.randrange(7), r.choice([120, 150, 1320, 0, 90]),
                 r.randrange(7), r.choice([300, 180, 150, 60, 1320, 0]))
            yield f"window {name} {' '.join(map(str, w))} {s}", window(zone, *w, s)


oracle.run("calendar", questions(random.Random(8536)))
