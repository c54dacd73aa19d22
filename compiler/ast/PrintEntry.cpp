// Prints the entries of blocks as canonical source text.
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"

using namespace nnc::ast;

void EntryPrinter::printAll(llvm::ArrayRef<Entry *> list) {
  if (list.empty())
    return;
  os << ' ';
  braced([&] {
    for (const Entry *e : list) {
      out.newline();
      print(*e);
    }
  });
}

void EntryPrinter::print(const Entry &entry) {
  switch (entry.kind) {
  case EntryKind::Setting:
    return setting(llvm::cast<SettingEntry>(entry));
  case EntryKind::Metric:
    return metric(llvm::cast<MetricEntry>(entry));
  case EntryKind::Clip:
    return clip(llvm::cast<ClipEntry>(entry));
  case EntryKind::Constrain:
    return constrain(llvm::cast<ConstrainEntry>(entry));
  case EntryKind::Stop:
    return stop(llvm::cast<StopEntry>(entry));
  case EntryKind::Keep:
    return keep(llvm::cast<KeepEntry>(entry));
  case EntryKind::Checkpoint:
    return checkpoint(llvm::cast<CheckpointEntry>(entry));
  case EntryKind::Update:
    return update(llvm::cast<UpdateEntry>(entry));
  case EntryKind::Optimizer:
    return optimizer(llvm::cast<OptimizerEntry>(entry));
  case EntryKind::Split:
    return split(llvm::cast<SplitEntry>(entry));
  case EntryKind::Normalize:
    return normalize(llvm::cast<NormalizeEntry>(entry));
  case EntryKind::Balance:
    os << "balance ";
    return ident(llvm::cast<BalanceEntry>(entry).field);
  case EntryKind::Augment: {
    auto &augment = llvm::cast<AugmentEntry>(entry);
    return assigned("augment ", augment.fields, *augment.value);
  }
  case EntryKind::Where:
    os << "where ";
    return expr(*llvm::cast<WhereEntry>(entry).condition);
  case EntryKind::Drop:
    return drop(llvm::cast<DropEntry>(entry));
  case EntryKind::Fill: {
    auto &fill = llvm::cast<FillEntry>(entry);
    return assigned("fill ", fill.columns, *fill.value);
  }
  case EntryKind::Series:
    return series(llvm::cast<SeriesEntry>(entry));
  case EntryKind::Row:
    return row(llvm::cast<RowEntry>(entry));
  }
}

void EntryPrinter::setting(const SettingEntry &setting) {
  ident(setting.name);
  os << " = ";
  expr(*setting.value);
}

void EntryPrinter::metric(const MetricEntry &metric) {
  os << "metric ";
  if (metric.given) {
    ident(metric.given);
    direction(metric.direction);
    os << " = ";
  }
  expr(*metric.expr);
}

void EntryPrinter::clip(const ClipEntry &clip) {
  os << (clip.by == ClipKind::Norm ? "clip norm " : "clip value ");
  expr(*clip.limit);
}

void EntryPrinter::constrain(const ConstrainEntry &constrain) {
  os << "constrain ";
  path(constrain.target);
  os << " to ";
  expr(*constrain.value);
}

void EntryPrinter::stop(const StopEntry &stop) {
  os << "stop when ";
  path(stop.quantity);
  os << " stalls for ";
  expr(*stop.patience);
}

void EntryPrinter::keep(const KeepEntry &keep) {
  os << "keep "
     << (keep.which == KeepKind::Best      ? "best "
         : keep.which == KeepKind::Highest ? "highest "
                                           : "lowest ");
  path(keep.quantity);
}

void EntryPrinter::checkpoint(const CheckpointEntry &checkpoint) {
  os << "checkpoint ";
  expr(*checkpoint.file);
  os << " every ";
  expr(*checkpoint.every);
}

void EntryPrinter::update(const UpdateEntry &update) {
  os << "update ";
  paths(update.places);
  os << (update.entries.empty() ? " {}" : "");
  printAll(update.entries);
}

void EntryPrinter::optimizer(const OptimizerEntry &optimizer) {
  os << "optimizer ";
  path(optimizer.target);
  os << " = ";
  expr(*optimizer.value);
}

void EntryPrinter::split(const SplitEntry &split) {
  os << "split ";
  args(split.settings);
  if (split.inOrder.isValid())
    os << (split.settings.empty() ? "in order" : ", in order");
}

void EntryPrinter::normalize(const NormalizeEntry &normalize) {
  os << "normalize ";
  idents(normalize.fields);
  if (normalize.own)
    os << " by its own";
}

void EntryPrinter::series(const SeriesEntry &series) {
  os << "series";
  if (series.key) {
    os << " by ";
    expr(*series.key);
  }
  if (series.each) {
    os << (series.key ? ", each " : " each ");
    expr(*series.each);
  }
}

/// `augment x, y = …`
void EntryPrinter::assigned(llvm::StringRef keyword, llvm::ArrayRef<Ident> names,
                            const Expr &value) {
  os << keyword;
  idents(names);
  os << " = ";
  expr(value);
}

void EntryPrinter::drop(const DropEntry &drop) {
  os << "drop missing";
  if (drop.columns.empty())
    return;
  os << " [";
  idents(drop.columns);
  os << "]";
}

void EntryPrinter::row(const RowEntry &row) {
  llvm::interleave(row.values, os, [&](const Expr *value) { exprStatement(*value); }, " -> ");
}
