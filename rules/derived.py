"""Values that rules compare but no facts file holds: each is read off the facts it hangs on."""

from collections.abc import Mapping
from typing import Final

END_OF_USE: Final = "derived.end_of_use"
END_OF_FAILED_USE: Final = "derived.end_of_failed_use"

FALLBACKS: Final[Mapping[str, tuple[str, ...]]] = {
    # When the use ended. The last name is the fact that is asked for while none is known.
    END_OF_USE: ("order.cancelled_on", "claim.requested_on"),
    END_OF_FAILED_USE: ("verified.unusable_from", "order.cancelled_on", "claim.requested_on"),
}

DIFFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    # Whole days from the second date to the first.
    "derived.days_after_payment": ("claim.requested_on", "order.paid_on"),
    "derived.days_after_activation": ("claim.requested_on", "order.activated_on"),
    "derived.days_after_delivery": ("claim.requested_on", "order.delivered_on"),
}

NOTHING_LEFT: Final = "derived.nothing_left"
NOTHING_LEFT_IF_CANCELLED: Final = "derived.nothing_left_if_cancelled"
"""The calculation leaves nothing: by the claimed reason, and as if the service were cancelled."""
