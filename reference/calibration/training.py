"""Trains the lab's network, and what students may have trained in its place, one epoch at a time.

A `Job` is a fresh start and one or more epochs after it, each with its own batch size: one is an honest row
of question 3, several are what comes of not resetting. TensorFlow is imported only where a job runs.
"""

from __future__ import annotations

import gc
import io
import os
import platform
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.errors import GraderError
from grader.model import Value
from reference.lab import fashion_mnist, rendered_digits
from reference.lab.batch_sizes import CLASSES, Run
from reference.lab.network import IMAGE_SHAPE

Pixels = npt.NDArray[np.float64]
Labels = npt.NDArray[np.uint8]

_PRINTED = re.compile(r"\bacc(?:uracy)?: (\d[\d.]*(?:e[+-]?\d+)?)")


class Variant(Value, frozen=True):
    """What is trained. `library` is ``tf_keras`` (Keras 2) or ``keras`` (3); `graph` trains as TensorFlow 1.

    `release` is the release of Keras 3 that has to be there, any if empty.

    `v1_adam` takes `tf.compat.v1.train.AdamOptimizer` (epsilon 1e-8), as the handout does, else Keras's own
    Adam (epsilon 1e-7). `network` is one of ``lab``, ``linear``, ``sigmoid``, ``cnn``; `data` one of
    ``fashion``, ``unscaled`` (not divided by 255), ``digits`` (rendered digits, an easier set of the same
    shape).
    """

    name: str
    library: str = "tf_keras"
    release: str = ""
    v1_adam: bool = True
    graph: bool = False
    network: str = "lab"
    data: str = "fashion"


VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("lab"),
        Variant("graph", graph=True),
        Variant("keras2", v1_adam=False),
        Variant("keras3", library="keras", v1_adam=False),
        # Keras 3.0 to 3.10 print the mean of the running averages in place of the last one.
        Variant("keras3.5", library="keras", release="3.5.0", v1_adam=False),
        Variant("keras3.8", library="keras", release="3.8.0", v1_adam=False),
        Variant("keras3.10", library="keras", release="3.10.0", v1_adam=False),
        Variant("keras3.13", library="keras", release="3.13.2", v1_adam=False),
        Variant("linear", network="linear"),
        Variant("sigmoid", network="sigmoid"),
        Variant("cnn", network="cnn"),
        Variant("unscaled", data="unscaled"),
        Variant("digits", data="digits"),
    )
}


class Job(Value, frozen=True):
    """One fresh start of `variant` with random `seed`, then one epoch for each of `batches` in turn."""

    variant: str
    batches: tuple[int, ...]
    seed: int


class OtherReleaseError(GraderError, RuntimeError):
    """A process has another release of Keras than the job asks for."""


def prepare(threads: int = 1, keras: Path | None = None) -> None:
    """Sets up a process for training: CPU only, `threads` threads, quiet. Call before `train`, once.

    `keras` is a folder with a release of Keras 3 to train with, in place of the one that is installed.
    """
    if keras is not None:
        sys.path.insert(0, str(keras))
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # What graph mode says of itself at every model.
    warnings.filterwarnings("ignore", message=r"`Model\.state_updates`", category=UserWarning)
    if sys.platform == "linux":
        _die_with_parent()
    with _without_chatter():
        import tensorflow as tf  # noqa: PLC0415 - seconds to import, only where training happens

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        tf.get_logger().setLevel("ERROR")
        tf.constant(0)


def train(job: Job) -> tuple[Run, ...]:
    """Runs one job; a `Run` for each epoch.

    Raises `fashion_mnist.DatasetMissingError` if the data set is not on this machine, `OtherReleaseError` if
    this process has not the Keras of the job.
    """
    import tensorflow as tf  # noqa: PLC0415 - seconds to import, only where training happens

    variant = VARIANTS[job.variant]
    library = _library(variant)
    images, labels, test_images, test_labels = _data(variant.data)
    scope: AbstractContextManager[Any] = tf.Graph().as_default() if variant.graph else nullcontext()
    runs: list[Run] = []
    with scope:
        library.utils.set_random_seed(job.seed)
        model = _model(library, variant)
        clock = _epoch_clock(library)
        for position, batch in enumerate(job.batches):
            shown = io.StringIO()
            with redirect_stdout(shown):
                history = model.fit(
                    images, labels, epochs=1, batch_size=batch, verbose=1, callbacks=[clock]
                ).history
            _, test_accuracy = model.evaluate(test_images, test_labels, batch_size=1000, verbose=0)
            runs.append(
                Run(
                    variant=variant.name,
                    batch=batch,
                    seed=job.seed,
                    accuracy=round(float(history["accuracy"][0]), 6),
                    loss=round(float(history["loss"][0]), 6),
                    test_accuracy=round(float(test_accuracy), 6),
                    seconds=round(clock.seconds, 3),
                    start=job.batches[:position],
                    printed=last_printed(shown.getvalue()),
                )
            )
    library.backend.clear_session()
    gc.collect()
    return tuple(runs)


def last_printed(shown: str) -> float | None:
    """The accuracy in the last line of what training printed, as a student copies it; None without one."""
    found = _PRINTED.findall(shown)
    return float(found[-1]) if found else None


def versions() -> dict[str, str]:
    """The versions that decide what a run gives."""
    found = {"python": platform.python_version()}
    for package in ("tensorflow", "tf-keras", "keras", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def hardware() -> str:
    """The processor's model name; nothing that identifies the machine."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _library(variant: Variant) -> Any:
    if variant.library == "keras":
        import keras  # noqa: PLC0415 - as TensorFlow

        if variant.release not in {"", keras.__version__}:
            raise OtherReleaseError(
                f"{variant.name} is trained with Keras {variant.release}, this process has {keras.__version__}: "
                "give the worker that release"
            )
        return keras
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras  # noqa: PLC0415 - as TensorFlow

    return tf_keras


@cache
def _data(name: str) -> tuple[Pixels, Labels, Pixels, Labels]:
    source = rendered_digits.draw() if name == "digits" else fashion_mnist.load()
    scale = 1.0 if name == "unscaled" else 255.0
    return (
        source.train_images / scale,
        source.train_labels,
        source.test_images / scale,
        source.test_labels,
    )


def _model(library: Any, variant: Variant) -> Any:
    layers = library.layers
    dense: Callable[..., Any] = layers.Dense
    hidden: list[Any]
    if variant.network == "linear":
        hidden = [layers.Flatten()]
    elif variant.network == "cnn":
        hidden = [
            layers.Reshape((*IMAGE_SHAPE, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            dense(64, activation="relu"),
        ]
    else:
        activation = "sigmoid" if variant.network == "sigmoid" else "relu"
        hidden = [layers.Flatten(), dense(128, activation=activation), dense(128, activation=activation)]
    model = library.Sequential(
        [layers.InputLayer(IMAGE_SHAPE), *hidden, dense(CLASSES, activation="softmax")]
    )
    model.compile(optimizer=_optimizer(variant), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _optimizer(variant: Variant) -> Any:
    if not variant.v1_adam:
        return "adam"
    import tensorflow as tf  # noqa: PLC0415 - as above

    return tf.compat.v1.train.AdamOptimizer()


def _epoch_clock(library: Any) -> Any:
    """A callback whose `seconds` is the last epoch's wall time, the first step's compilation included."""

    class EpochClock(library.callbacks.Callback):  # type: ignore[misc] # known at run time
        seconds = 0.0
        _begun = 0.0

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras calls it
            self._begun = perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras calls it
            self.seconds = perf_counter() - self._begun

    return EpochClock()


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Drops what TensorFlow's C++ prints on starting, whatever its log level: it tears the progress bar."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a file descriptor is wanted
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _die_with_parent() -> None:
    """Asks Linux to kill this process when the one that started it is gone, however it went."""
    import ctypes  # noqa: PLC0415 - needed on Linux only
    import signal  # noqa: PLC0415 - needed on Linux only

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG
