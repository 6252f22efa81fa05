"""One module for each stage; `flows.night.steps` lists them in order. May import what `flows.night` may."""
