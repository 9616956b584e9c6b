"""Finding the lungs: films and masks, training, judging, and masks that others may rely on."""
