"""From one frame's state to another's: stepping, jumping, copying, as manim does and sooner."""
