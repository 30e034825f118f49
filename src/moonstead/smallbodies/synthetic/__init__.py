"""Made-up impactors and surveys that find them: to prove that a stated probability is a frequency."""
