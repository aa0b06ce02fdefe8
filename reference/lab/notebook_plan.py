"""How the lab's notebook is run: its restart points, the cell that fails on purpose, its three eras.

Recognised by what the cells do, wherever the student moved them (docs/lab.md).
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from grader.checks.code import clean, parse_statement, statements
from grader.execution import DataFile, NotebookPlan, Profile
from reference.lab.fashion_mnist import FILES, DatasetMissingError, find_dataset
from reference.lab.fashion_mnist_download import fetched

SAMPLE: Final = Path(__file__).parent / "fashion_mnist_sample"

_PRELOAD: Final = ("numpy", "matplotlib", "matplotlib.pyplot", "pandas", "tensorflow")
_LEGACY: Final = {"TF_USE_LEGACY_KERAS": "1"}
PROFILES: Final[Mapping[str, Profile]] = {
    # TensorFlow 1's interface stands under the plain name, as it did then; Keras 2 behind it.
    "2019": Profile(
        "2019",
        _LEGACY,
        (*_PRELOAD, "tf_keras"),
        {"tensorflow": "tensorflow.compat.v1"},
        # It began in graph mode, and does here until the notebook says otherwise.
        "import tensorflow\ntensorflow.disable_eager_execution()",
    ),
    "2021-2023": Profile("2021-2023", _LEGACY, (*_PRELOAD, "tf_keras", "tensorflow.compat.v1")),
    "today": Profile("today", {}, (*_PRELOAD, "keras")),
}

_EAGER: Final = re.compile(r"^[^#\n]*\benable_eager_execution\s*\(|^[^#\n]*\benable_v2_behavior\s*\(", re.M)
_EAGER_ASSERTED: Final = re.compile(r"^[^#\n]*\bassert\s+tf\.executing_eagerly\s*\(", re.M)
_COMPAT: Final = re.compile(
    r"^[^#\n]*\b(?:import\s+tensorflow\.compat\.v1|from\s+tensorflow\.compat\s+import\s+v1|tf\.compat\.v1)\b",
    re.M,
)
_VERSION_1: Final = re.compile(
    r"^[^#\n]*\btf\.(?:enable_eager_execution|assign|Session|train\.AdamOptimizer|disable_eager_execution)\b",
    re.M,
)
_CNN: Final = re.compile(r"^[^#\n]*\b(?:Conv2D|Convolution2D|MaxPool\w*2D)\s*\(", re.M)
_TRAINS: Final = re.compile(r"^[^#\n]*\.(?:fit|train_on_batch|evaluate)\s*\(", re.M)
# Training goes on from where the last press of the cell ended; a summary's layout and a version are the library's.
_VARIES: Final = re.compile(
    r"GradientTape|\.assign|\bassign\(|\.summary\(|__version__|\brandom\b|\btime\b", re.M
)
_NETWORK: Final = re.compile(r"^(\w+)\s*=\s*(?:tf\.)?(?:keras\.)?(?:models\.)?Sequential\s*\(", re.M)
# What TensorFlow, eager or not, NumPy and PyTorch say of two shapes that do not go together.
_UNFIT_SHAPES: Final = re.compile(
    r"incompatible shapes?\b|dimensions? must be equal|could not be broadcast|size-incompatible|must match the size"
    r"|shapes? [^.\n]{1,80} (?:not aligned|(?:are|is) incompatible|cannot be multiplied)|mismatch in its core dimension"
    r"|required broadcastable shapes",
    re.I,
)
_PRODUCTS: Final = frozenset(
    ("multiply", "mul", "matmul", "dot", "tensordot", "einsum", "add", "subtract", "divide")
)
# Names of what is learnt and trained: shapes that do not fit there are a mistake, not the lesson.
_WORK: Final = re.compile(
    r"tape|GradientTape|gradients?|fit|train_on_batch|evaluate|predict|compile|Sequential|Session|load_data"
    r"|(?:training_)?loss|parameters|model|network|optimizer|examples_[xy]|(?:train|test)_(?:images|labels)|plot"
)
_LONGEST_LESSON: Final = 1_500  # characters


def restart(source: str) -> bool:
    """A fresh kernel begins with each cell that sets up eager execution."""
    return bool(_EAGER.search(source) or _EAGER_ASSERTED.search(source))


def may_fail(source: str, error: str) -> bool:
    """The lesson on shapes computes with two that do not fit, so that students see the error."""
    if len(source) > _LONGEST_LESSON or not _UNFIT_SHAPES.search(error):
        return False
    computes = False
    for statement in statements(clean(source.replace("\\\n", " "))):
        tree = parse_statement(statement.source)
        for node in ast.walk(tree) if tree is not None else ():
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) if _WORK.fullmatch(name):
                    return False
                case ast.FunctionDef() | ast.Lambda() | ast.ClassDef():
                    return False
                case ast.BinOp() | ast.AugAssign():
                    computes = True
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    computes = computes or name in _PRODUCTS
                case _:
                    pass
    return computes


def skip(source: str) -> str | None:
    """The optional network with convolutions trains for minutes and answers no question."""
    if _CNN.search(source):
        return "The optional convolutional network was not run: it takes minutes and belongs to no question."
    return None


def claims(source: str) -> Mapping[str, str]:
    """After a network is defined: its layers' kinds and numbers of parameters."""
    if "import tensorflow" in source and "Sequential" not in source:
        return {}
    found = _NETWORK.search(source)
    if found is None or _CNN.search(source):
        return {}
    return {"layers": f"[[type(layer).__name__, int(layer.count_params())] for layer in {found[1]}.layers]"}


def profile(sources: Sequence[str]) -> str:
    """The era, from the interface that the notebook uses."""
    whole = "\n".join(sources)
    if _COMPAT.search(whole):
        return (
            "2021-2023"
            if _VERSION_1.search(whole)
            or (
                re.search(r"import\s+tensorflow\.compat\.v1\s+as\s+tf\b", whole)
                and not _EAGER_ASSERTED.search(whole)
            )
            else "today"
        )
    return "2019" if _VERSION_1.search(whole) else "today"


def plan(dataset: str) -> NotebookPlan:
    """The plan with the data set: ``full`` (fetched once if need be), ``sample`` (the small one shipped), or ``auto``."""
    return NotebookPlan(
        restart=restart,
        may_fail=may_fail,
        skip=skip,
        volatile=lambda source: bool(_TRAINS.search(source) or _VARIES.search(source)),
        claims=claims,
        profile=profile,
        profiles=PROFILES,
        data_files=data_files(dataset),
    )


def data_files(dataset: str) -> tuple[DataFile, ...]:
    """Fashion-MNIST where Keras looks for it.

    `auto` takes what is on this machine and never goes to the network. Raises `DatasetMissingError` if `full` is asked
    for, and is neither here nor can be fetched.
    """
    folder = SAMPLE
    if dataset == "full":
        folder = fetched()
    elif dataset == "auto":
        with contextlib.suppress(DatasetMissingError):
            folder = find_dataset()
    return tuple(DataFile(folder / name, f".keras/datasets/fashion-mnist/{name}") for name in FILES)
