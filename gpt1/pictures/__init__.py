"""The book's drawings and the style of its plots."""

from gpt1.pictures.attention import attention_map
from gpt1.pictures.colours import COLOURS, FILLS
from gpt1.pictures.confusion import confusion_matrix
from gpt1.pictures.head import head_drawing
from gpt1.pictures.marked import marked_text
from gpt1.pictures.model import model_drawing
from gpt1.pictures.moving import Moving
from gpt1.pictures.plots import plot_style
from gpt1.pictures.svg import Drawing

__all__ = ["COLOURS", "FILLS", "Drawing", "Moving", "attention_map"]
__all__ += ["confusion_matrix", "head_drawing", "marked_text", "model_drawing"]
__all__ += ["plot_style"]
