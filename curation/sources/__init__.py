"""One file per source: file name = key in params.yaml = value of the column `source`."""
