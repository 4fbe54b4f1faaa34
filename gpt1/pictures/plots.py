"""One style for all plots of matplotlib."""

from gpt1.pictures.colours import BALANCE, COLOURS, NEUTRALS, RAMP
from gpt1.plumbing.hub import missing


def plot_style():
    """Set matplotlib to the book's style: size, colours, type, white card.

    In a notebook figures become SVG: sharp at every size, and their text stays text.
    """
    try:
        import matplotlib
    except ImportError:
        raise missing("matplotlib", "book") from None
    _name_ramps(matplotlib)
    _show_svg()
    ink, soft, faint = (NEUTRALS[name][0] for name in ("ink", "soft", "faint"))
    matplotlib.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": soft,
            "axes.grid": True,
            "axes.labelcolor": ink,
            "axes.prop_cycle": matplotlib.cycler(color=list(COLOURS.values())),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlesize": "medium",
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.wspace": 0.06,
            "figure.dpi": 110,
            "figure.facecolor": "white",
            "figure.figsize": (6.5, 3.4),
            "font.size": 11,
            "grid.alpha": 0.6,
            "grid.color": faint,
            "image.cmap": "gpt1",
            "legend.frameon": False,
            "lines.linewidth": 2,
            "savefig.dpi": 150,
            "svg.fonttype": "none",
            "svg.hashsalt": "gpt1",
            "text.color": ink,
            "xtick.color": soft,
            "ytick.color": soft,
        }
    )


def _name_ramps(matplotlib):
    """The colours of heat maps, under the names "gpt1" and "balance"."""
    make = matplotlib.colors.LinearSegmentedColormap.from_list
    for name, colours in (("gpt1", RAMP), ("balance", BALANCE)):
        matplotlib.colormaps.unregister(name)  # or a second call would warn
        matplotlib.colormaps.register(make(name, colours))


def _show_svg():
    """Let a notebook show figures as SVG, the same bytes each time."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Creator": None, "Date": None})
