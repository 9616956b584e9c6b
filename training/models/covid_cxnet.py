"""COVID-CXNet (paper 4.3, figure 8): DenseNet-121, averaged over places, then 10, and the output.

With one sigmoid output it has 6,964,117 trainable parameters, scales and shifts of the batch
normalisation among them and its running statistics (83,648) not, as Keras counts. The paper starts
it from CheXNet: `weights` in params.yaml. B batch, C classes, H and W pixels.
"""

from torch import Tensor, nn

from training.models import timm_net
from training.models.base_cnn import outputs, per_class

NAME = "covid_cxnet"
BODY = "densenet121"
WIDTH, HIDDEN, DROPPED = 1024, 10, 0.2


class CovidCxnet(nn.Module):
    """float32[B, 3, H, W] -> float32[B, C], values before the softmax."""

    def __init__(self, *, classes: int, size: int, pretrained: bool) -> None:
        super().__init__()
        self.num_classes, self.num_features = classes, HIDDEN
        body = timm_net.build(BODY, classes=0, size=size, pretrained=pretrained)
        # Under its own name, so that what starts a DenseNet-121 starts this as well.
        self.features = body.get_submodule("features")
        self.head = nn.Sequential(
            nn.Linear(WIDTH, HIDDEN), nn.ReLU(), nn.Dropout(DROPPED),
            nn.Linear(HIDDEN, outputs(classes)),
        )  # fmt: skip

    def forward(self, images: Tensor) -> Tensor:
        return per_class(self.head(self.features(images).mean((2, 3))))

    def get_classifier(self) -> nn.Module:
        """The head, called as timm's networks call theirs."""
        return self.head
