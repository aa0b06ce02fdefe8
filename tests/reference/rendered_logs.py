"""Ten figures as programs leave them: what training prints, of every Keras, and lists typed in Python."""

from __future__ import annotations

import random
from typing import Final

from tests.reference.figure_ways import SIZES, Rendered, Ten, Way, plain


def _log_line(dialect: str, size: int, seconds: float, share: float) -> str:
    steps, whole = -(-60000 // size), int(seconds)
    if dialect == "samples":
        return f"60000/60000 [==============================] - {whole}s {int(seconds / 0.06)}us/sample - loss: 0.5121 - acc: {share:.4f}"
    if dialect == "steps":
        return f"{steps}/{steps} [==============================] - {whole}s 2ms/step - loss: 0.5121 - accuracy: {share:.4f}"
    if dialect == "keras3":
        return (
            f"{steps}/{steps} ━━━━━━━━━━━━━━━━━━━━ {whole}s 2ms/step - accuracy: {share:.4f} - loss: 0.5121"
        )
    if dialect == "verbose 2":
        return (
            f"{steps}/{steps} - {whole}s - loss: 0.5121 - accuracy: {share:.4f} - {whole}s/epoch - 2ms/step"
        )
    if dialect == "verbose 2 keras3":
        return f"{steps}/{steps} - {whole}s - 2ms/step - accuracy: {share:.4f} - loss: 0.5121"
    return f" - {whole}s - loss: 0.5121 - acc: {share:.4f}"  # verbose=2 of the first Keras


_EVALUATED: Final = {
    "samples": "10000/10000 [==============================] - 1s 51us/sample - loss: 0.4571 - acc: 0.8391",
    "steps": "313/313 [==============================] - 1s 2ms/step - loss: 0.4571 - accuracy: 0.8391",
    "keras3": "313/313 ━━━━━━━━━━━━━━━━━━━━ 1s 1ms/step - accuracy: 0.8391 - loss: 0.4571",
    "verbose 2": "313/313 - 1s - loss: 0.4571 - accuracy: 0.8391 - 501ms/epoch - 2ms/step",
    "verbose 2 keras3": "313/313 - 1s - 2ms/step - accuracy: 0.8391 - loss: 0.4571",
    "first": "10000/10000 - 1s - loss: 0.4571 - acc: 0.8391",
}


def whole(ten: Ten) -> Ten:
    """The figures as a log prints them: whole seconds, four digits."""
    return Ten(tuple(float(int(one)) for one in ten.seconds), tuple(round(one, 4) for one in ten.shares))


def logs(ten: Ten, way: Way) -> Rendered:
    """What training prints, of every Keras."""
    draw = random.Random(way.seed)
    dialect = draw.choice(["samples", "steps", "keras3", "verbose 2", "verbose 2 keras3", "first"])
    headed = dialect in {"samples", "first"} or draw.random() < 0.6
    evaluated = draw.random() < 0.4
    overwritten = draw.random() < 0.2 and dialect in {"samples", "steps", "keras3"}
    made = []
    for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True):
        if headed:
            made.append(f"{'Batch size' if way.language == 'en' else 'Batchstorlek'} {size}:")
        if draw.random() < 0.5 or dialect == "first":
            made.append("Epoch 1/1")
        line = _log_line(dialect, size, seconds, share)
        if overwritten:
            steps = line.split("/", 1)[0]
            early = line.replace(f"{steps}/", "1/", 1).replace(f"{share:.4f}", "0.1250")
            line = early + "\b" * len(early) + line if size != 60000 else line
        made.append(line)
        if evaluated:
            made.append(_EVALUATED[dialect])
        made.append("")
    text = "\n".join(made)
    return Rendered("md", f"```\n{text}\n```") if way.heading % 2 else Rendered("txt", text)


def code(ten: Ten, way: Way) -> Rendered:
    """Figures typed in Python."""
    draw = random.Random(way.seed)
    rows = list(zip(SIZES, map(plain, ten.seconds), (plain(one) for one in ten.shares), strict=True))
    sizes, times, shares = (
        ", ".join(map(str, SIZES)),
        ", ".join(row[1] for row in rows),
        ", ".join(row[2] for row in rows),
    )
    made = draw.choice(
        [
            "results = {" + ", ".join(f"{b}: ({t}, {a})" for b, t, a in rows) + "}",
            "results = {" + ", ".join(f"{b}: {{'time': {t}, 'acc': {a}}}" for b, t, a in rows) + "}",
            "results = [" + ", ".join(f"({b}, {t}, {a})" for b, t, a in rows) + "]",
            "rows = ["
            + ", ".join(f"{{'batch': {b}, 'time': {t}, 'accuracy': {a}}}" for b, t, a in rows)
            + "]",
            f"batch_sizes = [{sizes}]\ntimes = [{times}]\naccuracies = [{shares}]\nplt.plot(batch_sizes, times)",
            f"batch_sizes = np.array([{sizes}])\ntraining_time = np.array([{times}])\ntrain_acc = np.array([{shares}])",
            f"df = pd.DataFrame({{'batch_size': [{sizes}], 'time_s': [{times}], 'accuracy': [{shares}]}})",
            "times = {"
            + ", ".join(f"{b}: {t}" for b, t, _ in rows)
            + "}\naccs = {"
            + ", ".join(f"{b}: {a}" for b, _, a in rows)
            + "}",
            f"x, times, acc = [{sizes}], [{times}], [{shares}]",
        ]
    )
    return Rendered("md", f"```python\n{made}\n```")
