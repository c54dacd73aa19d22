# train_part.py --nnc NNC --dir DIR: trains only the middle layer of a network and checks which of the saved tensors changed. The step is
# plain gradient descent on the sum of the layer's outputs for its `input`, whose gradient is known: the mean input, and 1.
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials

options = trials.flags().parse_args()
saved = trials.run(options.nnc, options.dir, """data d = rows(x: [2], y: [1]) { [1, 2] -> [0]; [3, -1] -> [1] }
model net(x: [2]) -> [1] { x |> dense(3) as first |> dense(4) as middle |> batch_norm as norm |> dense(1) as last }
fn total(layer, v) = sum(v @ layer.w + layer.b)
save net to "before.safetensors"
train net.middle on d { loss = total(net.middle, input); optimizer = sgd(lr = 0.5); batch = all; epochs = 1 }
save net to "after.safetensors"
""")
before, after = saved("before"), saved("after")
moved = sorted(name for name in before if not np.array_equal(before[name], after[name]))
print("changed: " + ", ".join(moved))
reaches = np.array([[1, 2], [3, -1]]) @ before["first.w"] + before["first.b"]
wrong = np.abs(after["middle.w"] - (before["middle.w"] - 0.5 * reaches.mean(0)[:, None])).max()
wrong = max(wrong, np.abs(after["middle.b"] - (before["middle.b"] - 0.5)).max())
print("largest difference from the step by hand: %.1e" % wrong)
sys.exit(int(moved != ["middle.b", "middle.w"] or wrong > 1e-6))
