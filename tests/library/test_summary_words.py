"""The examples in the summary's words."""

import doctest

from inventory_valuation.summary import words


def test_the_examples_hold():
    assert doctest.testmod(words) == (0, sum(len(one.examples) for one in doctest.DocTestFinder().find(words)))
