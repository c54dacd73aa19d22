// Weight files: functions that `save`, `load` and `predict` share.
#pragma once

#include "runtime/run/run.h"
#include "runtime/weights/safetensors.h"

namespace nnrt {

/// Copies the file's tensors into a model, by key. Every tensor of the model must be there with its
/// shape, except keys under a prefix in `except`. Keys that the model does not have are returned in
/// `unused`.
Status loadModel(Engine &engine, const ModelT &model, const SafetensorsFile &file,
                 const std::vector<std::string> &except, std::vector<std::string> &unused);

/// Whether two models share tensors, because one contains the other: each has its own entries for
/// them, at the same place in memory.
bool shareTensors(const ProgramT &program, const ModelT &a, const ModelT &b);
/// Whether `part` has tensors, and `whole` has all of them too.
bool isPartOf(const ProgramT &program, const ModelT &part, const ModelT &whole);

/// What a model has learned from the data set `data`, according to a weight file: nothing, if the
/// file has no data of this kind. Data that cannot be read are an error.
Status learnedFrom(const SafetensorsFile &file, const std::string &data, Learned &learned);

/// The variant of a search whose model is in a weight file, found by the choices in the file; the
/// engine gets the chosen numbers.
Status chosenVariant(Engine &engine, const ExperimentT &search, const SafetensorsFile &file,
                     const VariantT *&variant);

/// A list of classes, as a JSON list of strings.
std::string classesText(const std::vector<std::string> &classes);
Status classesFromText(const std::string &text, std::vector<std::string> &classes);

} // namespace nnrt
