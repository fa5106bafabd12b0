"""The ports: what a session needs from outside, as protocols. All are synchronous and push-based; there is no behaviour here.

`upstream`:   `Lines.acquire` leases a `Line`, which reports to its `LineListener`. A `Provider` is a vendor's language on a connection.
`downstream`: a server feeds the session the events that a `Face` has read; the session writes to an `Outlet`.
`clocks`:     an `Alarm` wakes the session; a `Clock` is read where a stamp is taken.
`house`:      where facts go, and what clients and operators are told about the gateway as a whole.

Import them from here.
"""

from legato.domain.speech import LineRequest
from legato.ports.clocks import Alarm, Clock
from legato.ports.downstream import (
    Accepted,
    CallFace,
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
    ANSWERED,
    Line,
    LineListener,
    Lines,
    OnReady,
    Provider,
    QueueListener,
    Ticket,
    VendorDialect,
)

__all__ = [
    "ANSWERED",
    "Accepted",
    "Alarm",
    "CallFace",
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
