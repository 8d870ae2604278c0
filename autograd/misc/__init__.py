"""What HIPS autograd has beside differentiating: vectors of nested containers, optimisers, fixed points."""

from autograd.misc.flatten import flatten as flatten
from autograd.misc.flatten import flatten_func as flatten_func
from autograd.misc.tracers import const_graph as const_graph
from autograd.misc.tracers import const_graph_unary as const_graph_unary
