"""One style for all plots of matplotlib."""

from gpt1.pictures.colours import BALANCE, COLOURS, CYCLE, NEUTRALS, RAMP
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
    lines, set_ = [COLOURS[name] for name in CYCLE], matplotlib.rc
    cycle = matplotlib.cycler(color=lines)
    set_("axes", prop_cycle=cycle, axisbelow=True, grid=True, titlesize="medium")
    set_("axes", edgecolor=soft, labelcolor=ink)
    set_("axes.spines", right=False, top=False)
    set_("figure", dpi=110, facecolor="white", figsize=(6.5, 3.4))
    set_("figure.constrained_layout", use=True, wspace=0.06)
    set_("font", size=11)
    set_("grid", alpha=0.6, color=faint)
    set_("image", cmap="gpt1")
    set_("legend", frameon=False)
    set_("lines", linewidth=2)
    set_("savefig", dpi=150)
    set_("svg", fonttype="none", hashsalt="gpt1")
    set_("text", color=ink)
    set_(("xtick", "ytick"), color=soft)


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
