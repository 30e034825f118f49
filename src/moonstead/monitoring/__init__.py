"""Space monitoring: what flies, what comes close, what comes down, and who sees it."""
