"""A server of 0.19 opened by 1.0: what its database's migrations keep, change and lose."""

from megabot.sandbox import notifications
from megabot.sandbox.generation import Generation
from megabot.sandbox.world import World


def upgrade(world: World) -> None:
    """Turn the world into one of 1.0, all ids staying as they are.

    The tokens of before have no end in them, which 1.0 wants: none is good any more. Limits and keys are
    in memory and begin anew.
    """
    if world.is_lemmy_1:
        return
    world.generation = Generation.LEMMY_1
    world.tokens = {}
    world.forget_what_is_in_memory()
    notifications.take_over(world)
