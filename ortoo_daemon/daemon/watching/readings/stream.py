"""How does the event stream stand, as metrics?"""

from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, at_moment, by, one


def _channels(view: View) -> Samples:
    listener = view.parts.listener
    if listener is None:
        return ()
    return by({name: name in listener.subscribed for name in listener.channels})


def _events(view: View) -> Samples:
    listener, hearing = view.parts.listener, view.parts.hearing
    if listener is None or hearing is None:
        return ()
    return by({name: hearing.events[name] for name in listener.channels})


def _unusable(view: View) -> Samples:
    listener, hearing = view.parts.listener, view.parts.hearing
    if listener is None or hearing is None:
        return ()
    return by({name: hearing.unusable[name] for name in listener.channels})


def _silent(view: View) -> Samples:
    listener, silence = view.parts.listener, view.parts.silence
    if listener is None or silence is None:
        return ()
    return by({name: name in silence.since for name in listener.channels})


STREAM = (
    Reading(
        "ortoo_stream_connected",
        "1 while a session with the org's event stream is open.",
        lambda view: one(view.parts.listener is not None and view.parts.listener.connected),
    ),
    Reading("ortoo_stream_subscribed", "1 while the channel is live.", _channels, ("channel",)),
    Reading(
        "ortoo_stream_last_event_timestamp_seconds",
        "When the last event arrived; its age is time() less this.",
        lambda view: at_moment(
            view.parts.listener.last_message_at if view.parts.listener else None
        ),
    ),
    Reading(
        "ortoo_stream_events_total",
        "Events taken from the stream and made durable.",
        _events,
        ("channel",),
    ),
    Reading(
        "ortoo_stream_events_unusable_total",
        "Events that do not tell which record they are about, or that could not be read or taken.",
        _unusable,
        ("channel",),
    ),
    Reading(
        "ortoo_stream_silent",
        "1 while the channel says nothing of records that the sweep finds.",
        _silent,
        ("channel",),
    ),
    Reading(
        "ortoo_stream_silences_total",
        "Times when a channel was found silent.",
        lambda view: one(view.parts.silence.times if view.parts.silence else 0),
    ),
    Reading(
        "ortoo_stream_gaps_total",
        "Times when events may have been missed and the org was asked instead.",
        lambda view: by(view.parts.hearing.gaps if view.parts.hearing else {}),
        ("reason",),
    ),
    Reading(
        "ortoo_stream_rebuilds_total",
        "Sessions that ended and were built anew.",
        lambda view: one(view.parts.listener.rebuilds if view.parts.listener else 0),
    ),
)
