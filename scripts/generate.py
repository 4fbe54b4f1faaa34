"""Write a text with a trained model, as `gpt1 generate` does, with the same flags.

python scripts/generate.py --prompt "Once upon a time"
python scripts/generate.py --prompt "The" --model_path checkpoints/best_model.pth
"""

from gpt1.generate.__main__ import main

if __name__ == "__main__":
    main()
