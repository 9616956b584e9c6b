"""A trained network as a folder that others load: by timm, by an ONNX runtime, by `cxr predict`."""
