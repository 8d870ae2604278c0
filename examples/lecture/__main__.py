"""All exercises, one after the other."""

from examples.lecture import (
    hidden_layer,
    images,
    linear_layers,
    linear_regression,
    logistic_regression,
    softmax,
    vanishing_signal,
)

EXERCISES = (
    linear_regression,
    logistic_regression,
    linear_layers,
    hidden_layer,
    vanishing_signal,
    images,
    softmax,
)

if __name__ == "__main__":
    for exercise in EXERCISES:
        title = (exercise.__doc__ or "").partition(":")[0]
        print(f"--- {title} ".ljust(100, "-"), end="\n\n")
        exercise.main()
        print()
