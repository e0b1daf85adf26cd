"""One small net twice: in Keras, for any of its backends, and in plain PyTorch. Lesson 09 shows both files."""
