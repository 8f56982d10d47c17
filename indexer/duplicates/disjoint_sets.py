"""Disjoint sets of numbers."""

from array import array


class DisjointSets:
    """Sets of the numbers from 0, each named by its lowest number; at first each number is a set of its own."""

    def __init__(self, count: int) -> None:
        self._parents = array("q", range(count))

    def join(self, one: int, other: int) -> None:
        """Join the sets of two numbers."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parents[high] = low

    def find(self, number: int) -> int:
        """Return the lowest number in the set of a number."""
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number
