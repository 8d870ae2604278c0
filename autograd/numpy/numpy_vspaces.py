"""The spaces of arrays by HIPS autograd's names; one class is all of them here."""

from autograd.vector_space import VSpace

ArrayVSpace = ComplexArrayVSpace = VSpace
