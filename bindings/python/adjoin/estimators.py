"""The embeddings as scikit-learn knows estimators: fit_transform(), get_params(), clone() and pipelines, without importing it."""

import inspect
from typing import Any

from adjoin import embedding as functions
from adjoin._options import describe, parameters, table
from adjoin.graph import as_graph


class _Embedder:
    """What the three have in common. Options are attributes; what is learned ends in an underscore."""

    embedding_: functions.Embedding
    node_names_: list[str]

    def __init__(self, **options):
        for name, parameter in self.__signature__.parameters.items():
            setattr(self, name, options.pop(name, parameter.default))
        if options:
            raise TypeError(f"{type(self).__name__} has no option {next(iter(options))!r}; it has {', '.join(self._names())}")

    @classmethod
    def _names(cls):
        return list(cls.__signature__.parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **options):
        for name, value in options.items():
            if name not in self.__signature__.parameters:
                raise ValueError(f"{type(self).__name__} has no option {name!r}; it has {', '.join(self._names())}")
            setattr(self, name, value)
        return self

    def fit(self, X, y=None):
        """Embeds a graph: X is a Graph, or anything that adjoin.as_graph() takes."""
        self.embedding_ = self._function(as_graph(X), **self.get_params())
        self.node_names_ = self.embedding_.names
        return self

    def fit_transform(self, X, y=None):
        """fit(X), and the vectors: n x dim, row i for the node node_names_[i]."""
        return self.fit(X, y).embedding_.vectors

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "embedding_")

    def __sklearn_tags__(self):
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(estimator_type="transformer", target_tags=TargetTags(required=False), transformer_tags=TransformerTags(),
                    input_tags=InputTags(sparse=True))

    def __repr__(self) -> str:
        changed = [f"{name}={getattr(self, name)!r}" for name, parameter in self.__signature__.parameters.items()
                   if getattr(self, name) != parameter.default]
        return f"{type(self).__name__}({', '.join(changed)})"


def _with_options(function, *tables):
    """Gives a class the signature and the documentation of a function's options."""

    def decorate(cls):
        rows = table(*tables)
        cls._function = staticmethod(function)
        cls.__signature__ = inspect.Signature(parameters(rows))
        cls.__doc__ = f"{inspect.cleandoc(cls.__doc__)}\n\nOptions\n-------\n{describe(rows)}\n"
        return cls

    return decorate


@_with_options(functions.fastrp, "fastrp", "run")
class FastRP(_Embedder):
    """FastRP (Chen et al., CIKM 2019) as an estimator; the function is adjoin.fastrp().

    transform() takes another graph: nodes of the same name start from the same random vectors, so vectors of two graphs with
    nodes in common can be compared.
    """

    def transform(self, X):
        """The vectors of another graph, by the same options and the same random vectors for nodes of the same name."""
        return self._function(as_graph(X), **self.get_params()).vectors


@_with_options(functions.randne, "randne", "run")
class RandNE(_Embedder):
    """RandNE (Zhang et al., ICDM 2018) as an estimator; the function is adjoin.randne(). It is transductive: there is no
    transform()."""


@_with_options(functions.prone, "prone", "run")
class ProNE(_Embedder):
    """ProNE (Zhang et al., IJCAI 2019) as an estimator; the function is adjoin.prone(). It is transductive: there is no
    transform()."""
