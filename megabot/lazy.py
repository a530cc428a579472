"""Values of an object that are made on first use."""

from functools import cached_property
from typing import Any, Self, TypeVar, overload

from typing_extensions import override

T = TypeVar("T")


class lazy_property(cached_property[T]):  # noqa: N801  used like `cached_property`
    """A `cached_property` without its lock, for objects that only one thread uses at a time.

    Up to Python 3.11 all objects of a class share one lock, so that one of many accounts that waits for its
    server would let all others wait (https://github.com/python/cpython/issues/87634).
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    @override
    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Self | T:
        if instance is None or self.attrname is None:
            return self
        if self.attrname not in vars(instance):
            vars(instance)[self.attrname] = self.func(instance)
        made: T = vars(instance)[self.attrname]
        return made
