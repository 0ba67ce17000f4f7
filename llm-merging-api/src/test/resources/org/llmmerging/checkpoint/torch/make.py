# Made the files beside this one, with PyTorch 2.13.
import collections, torch
base = torch.arange(10, dtype=torch.float32) / 4
tensors = collections.OrderedDict()
tensors["float32"] = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4
tensors["float16"] = torch.arange(5, dtype=torch.float16) / 4
tensors["bfloat16"] = torch.arange(6, dtype=torch.bfloat16).reshape(3, 2) / 4
tensors["float64"] = torch.arange(2, dtype=torch.float64) / 4
tensors["int64"] = torch.arange(4)
tensors["bool"] = torch.tensor([False, True])
tensors["view"] = base[2:8].view(2, 3)
tensors["tied"] = tensors["float32"]
tensors["scalar"] = torch.tensor(1.25)
tensors["empty"] = torch.zeros(0, 3)
tensors["one_row"] = base.view(1, 10)[:, 4:9]
tensors["parameter"] = torch.nn.Parameter(torch.arange(4, dtype=torch.float32).reshape(2, 2) / 4)
torch.save(tensors, "zip.bin")
torch.save(tensors, "legacy.bin", _use_new_zipfile_serialization=False)
tensors["float8"] = torch.arange(4, dtype=torch.float32).to(torch.float8_e4m3fn)
torch.serialization.set_crc32_options(False)
torch.save(tensors, "float8_without_crc.bin")
torch.serialization.set_crc32_options(True)
torch.manual_seed(0)
linear = torch.nn.Linear(3, 2)
with torch.no_grad():
    linear.weight.copy_(torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4)
    linear.bias.copy_(torch.arange(2, dtype=torch.float32) / 4)
torch.save({"state_dict": linear.state_dict(), "epoch": 3, "optimizer": None}, "training.bin")
torch.save({"weight": linear.weight.detach().t()}, "transposed.bin")
