// Weight files: what `save`, `load` and `predict` share.
#pragma once

#include "runtime/run/run.h"
#include "runtime/weights/safetensors.h"

namespace nnrt {

/// Copies the file's tensors into a model, by key. Every tensor of the model must be there in its
/// shape, but for keys under a prefix in `except`. Keys that the model does not have are returned
/// in `unused`.
Status loadModel(Engine &engine, const nn_model &model, const SafetensorsFile &file,
                 const std::vector<std::string> &except, std::vector<std::string> &unused);

/// Models share tensors where one is made of the other: each has rows of its own for them, at the
/// same place in memory.
bool shareTensors(const nn_program &program, const nn_model &a, const nn_model &b);
/// Whether all tensors of `part`, which has some, are those of `whole`, too.
bool isPartOf(const nn_program &program, const nn_model &part, const nn_model &whole);

/// What a weight file says that a model has learned from the data set `data`: nothing, where it has
/// none of its own. What it says and cannot be read is an error.
Status learnedFrom(const SafetensorsFile &file, const std::string &data, Learned &learned);

/// The variant of a search whose model a weight file holds, found by what the file says was chosen;
/// the engine gets the numbers that were.
Status chosenVariant(Engine &engine, const nn_experiment &search, const SafetensorsFile &file,
                     const nn_variant *&variant);

/// A list of classes, as a JSON list of strings.
std::string classesText(const std::vector<std::string> &classes);
Status classesFromText(const std::string &text, std::vector<std::string> &classes);

} // namespace nnrt
