"""Programs of users of HIPS autograd, as they are: lifelines' fits, an optimisation by pymanopt, autograd-gamma, pymoo.

`python programs.py make` writes the numbers that they give to numbers.json: to be run in an environment of

    pip install lifelines==0.30.3 pymanopt==2.2.1 autograd-gamma==0.5.0 pymoo==0.6.2 \\
                autograd==1.9.1 scipy==1.17.1 numpy==2.4.6

`python programs.py compare` compares them, in an environment where graphgrad stands in the place of autograd. Nothing
here imports from the folder above, so that it is the installed package that runs.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

NUMBERS = Path(__file__).with_name("numbers.json")
TOLERANCE = {"eigenvector": 1e-6, "weibull_regression_errors": 1e-5}
"""Relative to the largest number of each; where not named 1e-6: an optimiser stops within its own tolerance."""

Numbers = dict[str, list[float]]


def weibull() -> Numbers:
    """A distribution fitted to durations, some of them censored."""
    from lifelines import WeibullFitter
    from lifelines.datasets import load_waltons

    table = load_waltons()
    fit = WeibullFitter().fit(table["T"], table["E"])
    return {"weibull": [*fit.params_, *np.ravel(fit.variance_matrix_), fit.log_likelihood_]}


def weibull_regression() -> Numbers:
    """An accelerated failure time by covariates, with standard errors by the Hessian."""
    from lifelines import WeibullAFTFitter
    from lifelines.datasets import load_rossi

    fit = WeibullAFTFitter().fit(load_rossi(), duration_col="week", event_col="arrest")
    return {
        "weibull_regression": [*fit.params_, fit.log_likelihood_],
        "weibull_regression_errors": [*fit.standard_errors_],
    }


def cox() -> Numbers:
    """Proportional hazards: by partial likelihood, and with a spline as baseline, which is differentiated."""
    from lifelines import CoxPHFitter
    from lifelines.datasets import load_rossi

    columns = {"duration_col": "week", "event_col": "arrest"}
    plain = CoxPHFitter().fit(load_rossi(), **columns)
    spline = CoxPHFitter(baseline_estimation_method="spline", n_baseline_knots=3).fit(load_rossi(), **columns)
    return {
        "cox": [*plain.params_, plain.log_likelihood_],
        "cox_spline": [*np.ravel(spline.params_), spline.log_likelihood_],
    }


def other_distributions() -> Numbers:
    """Distributions with gamma functions and normal tails in their likelihoods."""
    import lifelines
    from lifelines.datasets import load_waltons

    table = load_waltons()
    found: Numbers = {}
    for name in ("LogNormalFitter", "LogLogisticFitter", "GeneralizedGammaFitter"):
        fit = getattr(lifelines, name)().fit(table["T"], table["E"])
        found[name] = [*fit.params_, fit.log_likelihood_]
    return found


def own_distribution() -> Numbers:
    """A distribution of one's own, of which lifelines differentiates the rest, by durations in whole numbers."""
    from lifelines.datasets import load_waltons
    from lifelines.fitters import ParametricUnivariateFitter

    import autograd.numpy as anp

    class InverseWeibullFitter(ParametricUnivariateFitter):
        _fitted_parameter_names = ["alpha_", "beta_"]  # noqa: RUF012 - as lifelines has it

        def _cumulative_hazard(self, params: Any, times: Any) -> Any:
            alpha, beta = params
            return -anp.log(1 - anp.exp(-((times / beta) ** -alpha)))

    table = load_waltons()
    fit = InverseWeibullFitter().fit(table["T"].astype(int).to_numpy(), table["E"], timeline=np.arange(1, 60, 7))
    return {
        "own_distribution": [*fit.params_, fit.log_likelihood_],
        "own_distribution_slopes": [*np.ravel(fit.hazard_), *np.ravel(fit.density_)],  # small, so not beside the rest
    }


def piecewise_regression() -> Numbers:
    """Rates that differ from piece to piece, with a penalty on their differences: arrays of a dict are stacked."""
    from lifelines import PiecewiseExponentialRegressionFitter
    from lifelines.datasets import load_rossi

    fit = PiecewiseExponentialRegressionFitter(breakpoints=[20, 35], penalizer=0.1)
    fit.fit(load_rossi(), duration_col="week", event_col="arrest")
    return {"piecewise_regression": [*fit.params_, fit.log_likelihood_]}


def objectives() -> Numbers:
    """pymoo's derivatives of the objectives and constraints of its test problems, by passes over a trace of its own."""
    from pymoo.gradient.automatic import AutomaticDifferentiation
    from pymoo.problems import get_problem

    found: Numbers = {}
    for name in ("rosenbrock", "zdt1", "dtlz2", "bnh", "osy"):
        problem = AutomaticDifferentiation(get_problem(name))
        rng = np.random.default_rng(0)
        points = problem.xl + (problem.xu - problem.xl) * rng.uniform(0.05, 0.95, (3, problem.n_var))
        out = problem.evaluate(points, return_values_of=["F", "dF", "dG"], return_as_dictionary=True)
        found[name] = [x for key in ("F", "dF", "dG") for x in np.ravel(out.get(key, []))[::7]]
    return found


def dominant_eigenvector() -> Numbers:
    """The largest eigenvalue of a matrix as a minimum on the sphere, by trust regions: with second derivatives."""
    import pymanopt

    rng = np.random.default_rng(0)
    a = rng.normal(size=(20, 20))
    a = a + a.T
    manifold = pymanopt.manifolds.Sphere(20)

    @pymanopt.function.autograd(manifold)
    def cost(x: Any) -> Any:
        return -x @ a @ x

    start = rng.normal(size=20)
    problem = pymanopt.Problem(manifold, cost)
    optimizer = pymanopt.optimizers.TrustRegions(verbosity=0)
    result = optimizer.run(problem, initial_point=start / np.linalg.norm(start))
    hessian = problem.riemannian_hessian(start / np.linalg.norm(start), a[0])
    return {"eigenvector": [*(result.point * np.sign(result.point[0])), result.cost], "hessian": [*hessian]}


def incomplete_gammas() -> Numbers:
    """autograd-gamma's functions, and their derivatives by each argument."""
    import autograd_gamma

    from autograd import grad

    found: Numbers = {}
    for name, arguments in (
        ("gammainc", (2.5, 1.3)), ("gammaincc", (2.5, 1.3)), ("gammaincln", (2.5, 1.3)), ("gammainccln", (2.5, 1.3)),
        ("betainc", (2.5, 1.3, 0.4)), ("betaincln", (2.5, 1.3, 0.4)),
    ):  # fmt: skip
        f = getattr(autograd_gamma, name)
        found[name] = [f(*arguments), *(grad(f, i)(*arguments) for i in range(len(arguments)))]
    return found


PROGRAMS: tuple[Callable[[], Numbers], ...] = (
    weibull, weibull_regression, cox, other_distributions, own_distribution, piecewise_regression, objectives,
    dominant_eigenvector, incomplete_gammas,
)  # fmt: skip


def run() -> Numbers:
    """Run all programs; say how long each takes."""
    found: Numbers = {}
    for program in PROGRAMS:
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # lifelines warns of its data
            made = program()
        print(f"{program.__name__:<22} {time.perf_counter() - start:6.2f} s", flush=True)
        found |= {name: [float(x) for x in numbers] for name, numbers in made.items()}
    return found


def compare(found: Numbers, expected: Numbers) -> bool:
    """Print how far the numbers are apart; return whether all are within their tolerance."""
    good = found.keys() == expected.keys()
    for name, theirs in expected.items():
        distance = np.max(np.abs(np.subtract(found[name], theirs))) / np.max(np.abs(theirs))
        within = bool(distance <= TOLERANCE.get(name, 1e-6))
        good = good and within
        print(f"{name:<26} {len(theirs):>3} numbers, {distance:.1e} apart{'' if within else ': TOO FAR'}")
    return good


def main(command: str) -> int:
    import autograd

    ours = hasattr(autograd, "compile")
    print(f"autograd is {'graphgrad' if ours else 'HIPS autograd'}, {autograd.__file__}")
    found = run()
    if command == "make":
        NUMBERS.write_text(json.dumps(found, indent=1) + "\n")
        return 0
    return 0 if ours and compare(found, json.loads(NUMBERS.read_text())) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
