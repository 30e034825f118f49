"""Moving an asteroid away: how hard a push must be, who can give it, and when one can get there."""
