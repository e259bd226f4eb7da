"""How large a module may be that goes over as a description of its layers."""

from grading.sandbox.line.values import Unsendable

MOST_LAYERS = 200
MOST_PARAMETERS = 500


def check_size(children: list[list[int]]) -> None:
    """Raise Unsendable where a walk over all layers would take long: what a layer holds twice is walked twice.

    children: for each layer the positions of those directly below it, the root first
    """
    walked: dict[int, int] = {}

    def layers_below(place: int) -> int:
        if place in walked:
            if not walked[place]:
                raise Unsendable("a layer that holds itself")
            return walked[place]
        walked[place] = 0
        walked[place] = count = 1 + sum(map(layers_below, children[place]))
        if count > MOST_LAYERS:
            raise Unsendable("more layers than can be sent")
        return count

    layers_below(0)
