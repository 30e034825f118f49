"""What comes down, when, and how sure: drag averaged over revolutions, ballistic coefficients, re-entry windows."""
