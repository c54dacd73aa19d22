// Reads calls of data sources.
#pragma once

#include "compiler/sema/Analysis.h"
#include "compiler/sema/data/SourceTable.h"

namespace nnc::sema {

/// Reads one call into a SourceInfo, and opens the files that it names.
class SourceReader : Checker {
public:
  SourceReader(Analysis &shared, SourceInfo &info) : Checker(shared), info(info) {}

  void read(const ast::Expr *expr, const Scope &scope);

private:
  // Sources.cpp
  const SourceFunction *sourceOf(const ast::Expr *expr);
  void readArguments(const SourceFunction &source, const Scope &scope);
  void readSetting(SourceSetting setting, const ast::Expr *value);
  void readFile(SourceSetting setting, const ast::Expr *value);
  void readCsvColumns(const ast::Expr *list);
  void readArrayColumn(const ast::Argument &argument);
  void readLength(const ast::Expr *value);
  void readChannels(const ast::Expr *value);
  void readSize(const ast::Expr *value);
  void readHeader(const ast::Expr *value);
  bool readRowFields(const ast::CallExpr &call);
  bool readGenerator(const SourceFunction &source);
  int64_t wholeNumber(const ast::Expr *value, double most) const;
  void probe(); // Probe.cpp

  SourceInfo &info;
  const ast::Expr *path = nullptr, *labels = nullptr, *columns = nullptr; // the arguments
};

/// Reads the settings that say how a table is written: `separator`, `decimal`, …
class TableReader : Checker {
public:
  TableReader(Analysis &shared, SourceInfo &info) : Checker(shared), info(info) {}

  void read(SourceSetting setting, const ast::Expr *value);

private:
  void readSeparator(const ast::Expr *value);
  void readDecimal(const ast::Expr *value);
  void readQuote(const ast::Expr *value);
  void readEncoding(const ast::Expr *value);
  void readMissing(const ast::Expr *value);

  SourceInfo &info;
};

} // namespace nnc::sema
