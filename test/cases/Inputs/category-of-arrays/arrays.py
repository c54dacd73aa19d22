# Writes the letters as NumPy arrays; their labels are 1 to 26.
import numpy as np

image = np.frombuffer(open("letters-images", "rb").read()[16:], np.uint8).reshape(-1, 1, 8, 8)
label = np.frombuffer(open("letters-labels", "rb").read()[8:], np.uint8).astype("i8")
np.savez("letters.npz", image=image, label=label)
np.save("image.npy", image)
np.save("label.npy", label)
