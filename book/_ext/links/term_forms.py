"""How the glossary's terms appear in sentences, declared in one place.

A term stands for itself and its plural with an s, unless FORMS lists the words. Whole
words count, with or without a capital at the start, and the longest phrase wins:
"attention weights" is not "attention". Some words of the field are everyday words too,
or mean something else in some chapters: these are listed below FORMS.
"""

FORMS = {
    "Adam": ["Adam"],
    "activation": ["activations"],
    "arithmetic intensity": ["arithmetic intensity", "intensity"],
    "attention": ["attention"],
    "backward pass": ["backward pass", "backward passes"],
    "batch": ["batch", "batches", "minibatch", "minibatches"],
    "bias": ["bias", "biases"],
    "branch": ["branch", "branches", "sub-layer", "sub-layers"],
    "byte-pair encoding": ["byte-pair encoding", "BPE"],
    "causal mask": [
        "causal mask",
        "causal masks",
        "causal attention",
        "masked",
        "mask",
    ],
    "cosine similarity": ["cosine similarity", "cosine"],
    "decoupled weight decay": ["decoupled weight decay", "decoupled decay"],
    "entropy": ["entropy", "entropies"],
    "feed-forward": ["feed-forward"],
    "fine-tuning": ["fine-tuning", "fine-tuned", "fine-tune"],
    "forward pass": ["forward pass", "forward passes"],
    "gradient accumulation": ["gradient accumulation", "accumulation"],
    "gradient clipping": ["gradient clipping", "clipping", "clips", "clip", "clipped"],
    "greedy decoding": ["greedy decoding", "greedy"],
    "head": ["head", "heads", "attention head", "attention heads"],
    "key-value cache": ["key-value cache", "cache", "caches"],
    "learning-rate schedule": ["learning-rate schedule", "schedule", "schedules"],
    "logits": ["logit", "logits"],
    "loss": ["loss", "losses"],
    "maximum likelihood": ["maximum likelihood"],
    "merge": ["merge", "merges", "merged"],
    "MFU": ["MFU", "model FLOPs utilisation"],
    "moments": ["moments"],
    "multiply-accumulate": ["multiply-accumulate", "MAC"],
    "n-gram": ["n-gram", "n-grams", "unigram", "bigram", "trigram", "bigrams"],
    "overfitting": ["overfitting", "overfits", "overfit"],
    "perplexity": ["perplexity", "perplexities"],
    "pre-training": ["pre-training", "pre-trained"],
    "query": ["query", "queries"],
    "residual stream": ["residual stream", "residual sum", "residual sums"],
    "resuming": ["resume", "resumes", "resumed", "resuming"],
    "sampling": ["sampling", "sampler", "samplers"],
    "smoothing": ["smoothing", "smoothed"],
    "tales": ["tales"],
    "unknown token": ["unknown token", "unknown"],
    "vocabulary": ["vocabulary", "vocabularies"],
    "weight tying": ["weight tying", "tying", "tied"],
}

ONLY_IN = {
    "cosine similarity": ["03"],  # elsewhere the learning rate's
    "decoder": ["04", "06"],  # in 02 a tokenizer's
    "gain": ["05", "06", "07", "08", "bug"],  # elsewhere what one gains
    "greedy decoding": ["10"],  # in 02 merging is greedy
    "sampling": ["06", "10"],  # in 03 that of windows
    "unknown token": ["02"],
    "value": ["04", "05", "07", "10"],  # elsewhere any number
    "weight tying": ["06", "07", "08", "bug"],  # in 02 ties of pairs
}
"""Words that mean the term in these chapters alone, by the start of their names."""

NOT_IN = {
    "floor": ["06"],  # there that of pairs, which a model does reach below
    "score": ["06"],  # there a token's, a logit
    "warm-up": ["09"],  # there that of a clock
    "window": ["01"],  # there a figure of speech
}

OTHER_MEANINGS = [
    *("large block", "large blocks", "may surprise you", "no mask to pass"),
    "other losses",
]
"""Phrases that hold a term's word and mean something else; they are no links."""


def forms_of(term):
    """Return the words and phrases that stand for a term."""
    return FORMS.get(term) or [term, f"{term}s"]


def is_meant(term, chapter):
    """Tell whether a term's words mean the term in a chapter, such as 04-attention."""
    start = chapter[:3] if chapter.startswith("bug") else chapter[:2]
    return start in ONLY_IN.get(term, [start]) and start not in NOT_IN.get(term, [])
