"""A small model of any class: its sizes, by the names that constructors have."""

import dataclasses
import inspect
import sys
import types

from gpt1.config import is_whole

SMALL = {
    "vocab_size": 61,
    "context": 16,
    "width": 24,
    "layers": 3,
    "heads": 4,
    "feed_forward": 96,
    "head_size": 6,
    "dropout": 0.1,
}
"""Sizes at which a wrong axis shows, since no two are equal."""

NAMES = {
    "vocab_size": "vocab_size n_vocab vocab num_tokens vocabulary_size vocab_len "
    "ntoken",
    "context": "context block_size n_positions n_ctx context_length context_size "
    "ctx_len max_seq_len max_seq_length max_len max_length seq_len "
    "seq_length sequence_length "
    "max_position_embeddings max_position ctx seq",
    "width": "width n_embd d_model embed_dim embedding_dim hidden_size emb_dim dim "
    "n_embed d_embed embed_size emb_size embedding_size model_dim",
    "layers": "layers n_layer n_layers num_layers num_hidden_layers num_blocks "
    "n_blocks depth nlayers n_block num_layer num_transformer_blocks",
    "heads": "heads n_head n_heads num_heads nhead num_attention_heads nheads "
    "num_head h",
    "feed_forward": "feed_forward d_ff n_inner ff_dim ffn_dim dim_feedforward "
    "intermediate_size d_inner mlp_dim hidden_dim ff_size ffn_hidden inner_dim "
    "ffn_size hidden",
    "head_size": "head_size head_dim d_k d_head d_v d_q",
    "dropout": "dropout dropout_rate drop_rate embd_pdrop resid_pdrop attn_pdrop drop "
    "dropout_p p_drop dropout_prob emb_dropout attn_dropout resid_dropout ff_dropout "
    "embed_dropout attention_dropout pdrop embd_dropout",
}
"""What constructors and configs call each size."""

NAMES = {size: tuple(names.split()) for size, names in NAMES.items()}
VALUES = {name: SMALL[size] for size, names in NAMES.items() for name in names}
MARKS = ("bos_token_id", "eos_token_id", "pad_token_id")
CONFIGS = {"config", "cfg", "conf", "args", "hparams", "params", "hp", "c", "opt"}
OTHERS = {"bias": True, "qkv_bias": True, "model_type": None, "device": "cpu"}
OTHERS |= {"use_bias": True, "pad_token_id": None}


class Sizes(dict):
    """A config with all names, for `config.n_embd` and for `config["n_embd"]`."""

    __setattr__ = dict.__setitem__

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(name)


def build(target, name, given):
    """Call a class or a function with small sizes.

    Args:
        target: what is called.
        name: what it is called in messages.
        given: values by argument or field, which win.

    Returns:
        What it gives.

    Raises:
        ValueError: an argument is asked for whose meaning its name does not tell, or
            the call fails.
    """
    arguments, left = {}, dict(given)
    config = None
    for parameter in signature(target, name).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        key, needed = parameter.name, parameter.default is parameter.empty
        if key in left:
            arguments[key] = left.pop(key)
        elif needed and is_config(parameter):
            config = key
        elif key in VALUES:
            arguments[key] = VALUES[key]
        elif needed and key in OTHERS:
            arguments[key] = OTHERS[key]
        elif needed:
            raise ValueError(
                f"{name} needs the argument {key!r}, whose meaning its name does not "
                f"tell: give its value as arguments, or a function without arguments "
                f"that returns the model"
            )
    if left and not config:
        raise ValueError(f"{name} takes no argument {next(iter(left))!r}")
    failed = None
    for made in small_configs(target, config, left) if config else [None]:
        try:
            return target(**arguments, **({config: made} if config else {}))
        except Exception as error:
            failed = failed or error
    raise ValueError(f"{name} fails with small sizes: {told(failed)}") from failed


def signature(target, name):
    try:
        return inspect.signature(target)
    except (TypeError, ValueError):
        raise ValueError(f"{name} cannot be called with sizes") from None


def told(error):
    """An exception in one line."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:200] if words else type(error).__name__


def is_config(parameter):
    """Whether an argument is a config: by its name or its type."""
    if parameter.name.lower() in CONFIGS or parameter.name.lower().endswith("config"):
        return True
    return dataclasses.is_dataclass(parameter.annotation)


def small_configs(target, key, given):
    """Configs with small sizes: of the class that seems meant, and one of all names."""
    kind = config_class(target, key)
    if kind is not None:
        yield small_config(kind, given)
    yield Sizes({**OTHERS, **VALUES, **given})


def small_config(kind, given):
    """A config of a class, or from a function, with small sizes."""
    if callable(kind) and not isinstance(kind, type):
        return with_sizes(kind(), given)
    fields = (
        {f.name: f for f in dataclasses.fields(kind)}
        if dataclasses.is_dataclass(kind)
        else None
    )
    if fields is None:
        try:
            return with_sizes(kind(), given)
        except TypeError:
            return build(kind, kind.__name__, given)
    values = {n: VALUES[n] for n, f in fields.items() if n in VALUES and f.init}
    values |= {n: 0 for n in MARKS if n in fields and is_whole(fields[n].default)}
    return build(kind, kind.__name__, {**values, **given})


def config_class(target, key):
    """The class of a config: the argument's type, or the only one of its package."""
    annotation = inspect.signature(target).parameters[key].annotation
    scope = vars(inspect.getmodule(target) or types)
    annotation = (
        scope.get(annotation, None) if isinstance(annotation, str) else annotation
    )
    plain = (inspect.Parameter.empty, dict, types.SimpleNamespace)
    if isinstance(annotation, type) and annotation not in plain:
        return annotation
    if hasattr(target, "get_default_config"):
        return target.get_default_config
    declared = getattr(target, "config_class", None)
    if isinstance(declared, type):
        return declared
    package = (getattr(target, "__module__", None) or "").partition(".")[0]
    for place in (scope, vars(sys.modules.get(package, types))):
        found = {
            value
            for word, value in place.items()
            if isinstance(value, type)
            and word.lower().endswith(("config", "args", "hparams"))
            and value.__module__.partition(".")[0] == package
        }
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def with_sizes(config, given):
    """A config whose sizes are set where it has them; what is given is set anyway."""
    for key in MARKS:
        if is_whole(getattr(config, key, None)):
            setattr(config, key, 0)  # any id that the small vocabulary has
    for key, value in VALUES.items():
        if hasattr(config, key) and not (key == "n_inner" and config.n_inner is None):
            setattr(config, key, value)
    for key, value in given.items():
        setattr(config, key, value)
    return config
