"""Parameters from measurements: least squares, what it says about its own errors, and measurements that do not fit."""
