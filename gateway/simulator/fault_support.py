"""Which faults a vendor can have. A dialect without word times, for example, cannot send wrong ones; such a script is rejected."""

from collections.abc import Callable, Collection, Sequence

from gateway.simulator.options import SimulatedVendor, Trait
from gateway.simulator.script import Fault, Plain, Refusal, ScriptError, WrongWords

_Wants = Callable[[Fault], bool]
_WANTS: Sequence[tuple[Trait, _Wants]] = (
    (Trait.TEXT, lambda fault: fault.do == Plain(do="truncate_json")),
    (Trait.WORDS, lambda fault: isinstance(fault.do, WrongWords)),
    (Trait.CONTEXTS, lambda fault: fault.do == Plain(do="context_limit")),
    (Trait.KEYS, lambda fault: bool(fault.when.key)),
    (Trait.STATUS, lambda fault: isinstance(fault.do, Refusal)),
    (Trait.SEGMENTS, lambda fault: fault.when.at == "segment" and fault.when.value > 1),
)
_EVERY = frozenset(Trait)


class FaultSupport:
    """The vendors of one simulator, and the traits of their dialects.

    Args:
        vendors: all of them.
    """

    def __init__(self, vendors: Collection[SimulatedVendor]) -> None:
        self._traits = {vendor.name: vendor.traits for vendor in vendors}

    def __call__(self, fault: Fault, vendor: str) -> bool:
        """Whether this vendor can have this fault; if the vendor is not known yet, any can."""
        return not _missing(fault, self._traits.get(vendor, _EVERY))

    def check(self, faults: Sequence[Fault]) -> None:
        """Check a script's faults.

        Raises:
            ScriptError: a fault can fire at none of the vendors that it is meant for.
        """
        for number, fault in enumerate(faults):
            named = fault.when.vendor
            meant = {name: traits for name, traits in self._traits.items() if named in {"", name}}
            missing = {name: _missing(fault, traits) for name, traits in meant.items()}
            if missing and all(missing.values()):
                names = ", ".join(missing)
                lacks = next(iter(missing.values()))[0].value
                raise ScriptError(f"faults.{number}: {fault.name} would never fire: {names}: no {lacks}")


def _missing(fault: Fault, traits: Collection[Trait]) -> list[Trait]:
    return [trait for trait, wants in _WANTS if trait not in traits and wants(fault)]
