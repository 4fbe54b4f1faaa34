"""What every part needs and no part is about; nothing here knows a GPT."""
