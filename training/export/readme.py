"""README.md of an exported network: what it is, what it is not, and how it is loaded."""

import json

from torch import nn

from training.checkpoint import Checkpoint
from training.export.checks import MOST
from training.export.onnx_file import GIVEN
from training.models.base_cnn import FORMS
from training.models.covid_cxnet import NAME

README = "README.md"
PAGE = """\
# {experiment}: {model} for {labels}

{warnings}

| | |
|---|---|
| labels, in the order of the outputs | {labels} |
| parameters | {parameters:,} |
| input | {size} x {size}, channels {channels}, standardised |
| manifest | `{manifest_id}` |
| protocol | `{protocol}` |
| recipe | `{recipe_id}`, whole in `checkpoint.json` |
| training films | {films} |
| seed, best epoch | {seed}, {best_epoch} |
{start}
The films it learnt from keep the licences of their sources, which the manifest names film by film.

## Ask it about a film

```sh
cxr predict film.png --model {folder}
```

makes of a film what the network learnt from. By hand that is: the recipe's steps to a stack of
uint8[{recipe_size}, {recipe_size}, 3], then

```python
films = (stack / 255 - mean) / deviation  # per channel; then [B, 3, {size}, {size}], by area
mean, deviation = {mean}, {deviation}
```

A plain film in three equal channels is not what this network learnt from, unless `channels` say so.

```python
import timm{own}

net = timm.create_model("local-dir:{folder}", pretrained=True).eval()
```

```python
import onnxruntime

net = onnxruntime.InferenceSession("model.onnx")
values = net.run(None, {{"{given}": films}})[0]
```

Both give float32[B, {classes}], values before the softmax, which makes probabilities of them. When
this folder was written, both were within {most:g} of the trained network's.
"""


def readme(net: nn.Module, about: Checkpoint) -> str:
    """The page, in Markdown; nothing in it says when or where it was written."""
    is_own = about.model in {*FORMS, NAME}
    return PAGE.format(
        experiment=about.experiment, model=about.model, labels=", ".join(about.labels),
        warnings="\n\n".join(f"**{line}**" for line in about.warnings),
        parameters=sum(weight.numel() for weight in net.parameters()), size=about.size,
        channels=", ".join(about.channels), manifest_id=about.manifest_id,
        protocol=about.protocol, recipe_id=about.recipe_id,
        films=", ".join(f"{n} {label}" for label, n in about.train_films.items()),
        seed=about.seed, best_epoch=about.best_epoch, start=_start(about), folder="FOLDER",
        recipe_size=(about.recipe or {}).get("size", about.size),
        mean=json.dumps(about.mean), deviation=json.dumps(about.deviation),
        own="\nimport training.models  # of this project: tells timm of the network" * is_own,
        given=GIVEN, classes=len(about.labels),
        most=MOST,
    )  # fmt: skip


def _start(about: Checkpoint) -> str:
    """The row of the checkpoint that it began from, which is another's work."""
    if about.start is None:
        return ""
    known = about.start
    return f"| began from | {known['note']}; {known['license']}; cite {known['citation']} |\n"
