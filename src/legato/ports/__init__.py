"""The plugs: what the session needs of the world, as protocols. All synchronous and push-based; no behaviour here.

`upstream`:   `Lines.acquire` leases a `Line`; the line tells its `LineListener`. A `Provider` is what a vendor's connection speaks.
`downstream`: a server hands client events to the session, as a `Face` has read them; the session writes to an `Outlet`.
`clocks`:     an `Alarm` wakes the session; a `Clock` is read where a stamp is taken.
`house`:      where facts go, and what clients and operators are told of the whole.

They are imported from here.
"""

from legato.ports.clocks import Alarm, Clock
from legato.ports.downstream import (
    Accepted,
    DialectFace,
    Face,
    Outlet,
    Reception,
    Refusal,
    RequestHead,
    SessionPort,
)
from legato.ports.house import (
    Health,
    Observer,
    Operations,
    PreviewRequest,
    TextPreview,
    VoiceDirectory,
    VoiceInfo,
)
from legato.ports.upstream import (
    Line,
    LineListener,
    LineRequest,
    Lines,
    OnReady,
    Provider,
    QueueListener,
    Ticket,
    VendorDialect,
)

__all__ = [
    "Accepted",
    "Alarm",
    "Clock",
    "DialectFace",
    "Face",
    "Health",
    "Line",
    "LineListener",
    "LineRequest",
    "Lines",
    "Observer",
    "OnReady",
    "Operations",
    "Outlet",
    "PreviewRequest",
    "Provider",
    "QueueListener",
    "Reception",
    "Refusal",
    "RequestHead",
    "SessionPort",
    "TextPreview",
    "Ticket",
    "VendorDialect",
    "VoiceDirectory",
    "VoiceInfo",
]
