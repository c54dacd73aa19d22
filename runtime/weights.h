// Weight files: what `save`, `load` and `predict` share.
#pragma once

#include "runtime/run.h"
#include "runtime/safetensors.h"

namespace nnrt {

/// Copies the file's tensors into a model, by key. Every tensor of the model must be there in its shape, but for keys
/// under a prefix in `except`. Keys that the model does not have are returned in `unused`.
Status loadModel(Engine &engine, const nn_model &model, const SafetensorsFile &file,
                 const std::vector<std::string> &except, std::vector<std::string> &unused);

/// Models share tensors where one is made of the other: each has rows of its own for them, at the same place in memory.
bool shareTensors(const nn_program &program, const nn_model &a, const nn_model &b);
/// Whether all tensors of `part`, which has some, are those of `whole`, too.
bool isPartOf(const nn_program &program, const nn_model &part, const nn_model &whole);

/// Names of the tensors and metadata entries that describe a model's data set in its weight file.
std::string meanKey(const nn_data &data, const nn_field &field);
std::string deviationKey(const nn_data &data, const nn_field &field);
std::string classesKey(const nn_data &data, const nn_column &column);
std::string fillKey(const nn_data &data, const nn_column &column);
std::string fillKey(const std::string &data, const std::string &column, int32_t kind);

/// Metadata entry `classesKey`: a JSON list of strings.
std::string classesText(const std::vector<std::string> &classes);
Status classesFromText(const std::string &text, std::vector<std::string> &classes);

} // namespace nnrt
