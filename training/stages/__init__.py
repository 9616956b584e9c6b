"""One module per stage of `dvc.yaml`, each with one public `main`."""
