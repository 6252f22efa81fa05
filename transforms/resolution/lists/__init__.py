"""Screening against watch lists: names in any script (`name_parts`), and candidates (`screening`)."""
