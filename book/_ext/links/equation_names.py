r"""What the equations of the chapters are called, for the search and for links.

An equation with a number is found by its \tag; another by its chapter and by how it
begins. What stands under no name says shapes. The place of A3 is `eq-a3`.
"""

NUMBERED = {
    "P1": "probability of a text, chain rule",
    "P2": "likelihood of a text (equation 1 of the paper)",
    "P3": "smoothed counts, n-gram model",
    "P4": "entropy",
    "P5": "cross-entropy",
    "P6": "softmax of scores",
    "P7": "gradient of the loss by a score, belief minus truth",
    "P8": "a model that remembers its tale",
    "T1": "the most frequent pair, byte-pair encoding",
    "T2": "size of GPT-1's vocabulary",
    "E1": "cosine of two vectors",
    "E2": "embedding look-up and its gradient",
    "E3": "a language model of two tables",
    "E4": "gradient of a token's row, words in similar company",
    "E5": "token and position embeddings, added (equation 2 of the paper)",
    "A1": "weighted mean of the past, attention weights",
    "A2": "average of the past",
    "A3": "average of the past, as a product of matrices",
    "A4": "attention weights, a softmax of scores",
    "A5": "queries, keys, values and scores",
    "A6": "variance of a dot product, why scores are scaled",
    "A7": "scaled dot-product attention with a causal mask, softmax attention",
    "A8": "multi-head attention",
    "B1": "the block, post-norm, with residual sums",
    "B2": "GELU, exact",
    "B3": "GELU, tanh form",
    "B4": "feed-forward layer",
    "B5": "LayerNorm",
    "B6": "mean and variance in LayerNorm",
    "B7": "derivative of the residual sum",
    "B8": "dropout, and the expected value that it keeps",
    "B9": "the block, pre-norm",
    "M1": "the model (equation 2 of the paper)",
    "M2": "the loss, cross-entropy per token",
    "M3": "the first loss of a new model",
    "C1": "number of parameters",
    "C2": "FLOPs per token, forward",
    "C3": "FLOPs per token, training, the rule of six",
    "C4": "least seconds, by FLOPs and by bytes",
    "D1": "probability of a label, the head (equation 3 of the paper)",
    "D2": "loss of the labels (equation 4 of the paper)",
    "D3": "loss of labels and language (equation 5 of the paper)",
    "F1": "model FLOPs utilisation, MFU",
    "F2": "gain of the whole, Amdahl's law",
    "L1": "loss of a batch, maximum likelihood",
    "L2": "stochastic gradient descent, SGD",
    "L3": "Adam",
    "L4": "gradient clipping by the global norm",
    "R1": "a window and its targets",
    "R2": "share of windows never drawn",
    "R3": "order of the windows in an epoch, windows of a batch",
    "R4": "gradient accumulation from pieces or processes",
    "S1": "softmax with a temperature",
    "S2": "perplexity, bits per byte",
    "S3": "attention with a key-value cache",
}

OTHERS = {
    "07": {
        r"(1, 2, 3) \begin{pmatrix}": ("two-flops", "a row times a matrix, FLOPs"),
        r"\frac{\partial L}{\partial W} = X": (
            "backward",
            "gradients of a product, backward pass",
        ),
    },
    "05": {
        r"\begin{gathered} \operatorname{FeedForward}(x) = b_2": (
            "feed-forward-sum",
            "feed-forward layer as keys and values",
        ),
    },
}
