"""What a scenario file may say, how it is read, and where in the file a mistake lies; knows no algorithm."""
