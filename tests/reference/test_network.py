import os
import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.lab.network import (
    LAB_NETWORK,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerShapeError,
    MaxPooling2D,
    layer_counts,
    parameter_counts,
)


def test_the_labs_network() -> None:
    assert parameter_counts(LAB_NETWORK) == (0, 100_480, 16_512, 1_290)
    assert sum(parameter_counts(LAB_NETWORK)) == 118_282
    assert [line.output_shape for line in layer_counts(LAB_NETWORK)] == [(784,), (128,), (128,), (10,)]


def test_a_layer_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(LayerShapeError, match="rows, columns and channels"):
        parameter_counts([Conv2D(8)], (28, 28))
    with pytest.raises(LayerShapeError, match="does not fit"):
        parameter_counts([MaxPooling2D((4, 4))], (3, 3, 1))
    with pytest.raises(LayerShapeError, match="at least one axis"):
        parameter_counts([Dense(3)], ())


@pytest.fixture(scope="module")
def keras() -> Any:
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own imports warn
        import tf_keras

    return tf_keras


small = st.integers(1, 4)
pairs = st.tuples(small, small)
paddings = st.sampled_from(["valid", "same"])
image_layers: st.SearchStrategy[Layer] = st.one_of(
    st.builds(Conv2D, st.integers(1, 6), pairs, pairs, paddings, st.booleans()),
    st.builds(MaxPooling2D, pairs, st.none() | pairs, paddings),
    st.builds(Dropout, st.sampled_from([0.1, 0.5])),
)
flat_layers: st.SearchStrategy[Layer] = st.builds(Dense, st.integers(1, 50), st.booleans())


def built(keras: Any, layer: Layer) -> Any:
    match layer:
        case Flatten():
            return keras.layers.Flatten()
        case Dense(units, bias):
            return keras.layers.Dense(units, use_bias=bias)
        case Conv2D(filters, kernel, strides, padding, bias):
            return keras.layers.Conv2D(filters, kernel, strides, padding, use_bias=bias)
        case MaxPooling2D(pool, strides, padding):
            return keras.layers.MaxPooling2D(pool, strides, padding)
        case Dropout(rate):
            return keras.layers.Dropout(rate)


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(4, 12), st.integers(4, 12), st.integers(1, 3)),
    images=st.lists(image_layers, max_size=3),
    dense=st.lists(flat_layers, max_size=3),
)
def test_counts_and_shapes_are_keras(
    keras: Any, shape: tuple[int, int, int], images: list[Layer], dense: list[Layer]
) -> None:
    layers = [*images, Flatten(), *dense]
    try:
        expected = layer_counts(layers, shape)
    except LayerShapeError:
        with pytest.raises(ValueError, match=r"[Nn]egative dimension|not supported|less than|zero"):
            keras.Sequential([keras.layers.InputLayer(shape), *(built(keras, layer) for layer in layers)])
        return
    model = keras.Sequential([keras.layers.InputLayer(shape), *(built(keras, layer) for layer in layers)])
    assert [(layer.output_shape[1:], layer.count_params()) for layer in model.layers] == [
        (line.output_shape, line.parameters) for line in expected
    ]
    assert model.count_params() == sum(parameter_counts(layers, shape))
