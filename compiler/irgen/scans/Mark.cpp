// Remembers and restores the state of an elaboration.
#include "compiler/irgen/scans/Mark.h"

using namespace nnc;

ScanMark::ScanMark(Elaborator &elab)
    : elab(elab), fn(*elab.fn), randomSites(fn.randomSites), schedules(fn.schedules),
      inputs(fn.inputs), applied(fn.applied),
      applications(fn.applications ? fn.applications->size() : 0), bounds(elab.bounds.size()),
      placed(elab.placed.size()), meetings(fn.emit.turnedMeetings.size()) {
  if (fn.placement)
    placement = *fn.placement;
}

void ScanMark::forgetInside() {
  fn.inputs = inputs;
  fn.applied = applied;
}

void ScanMark::forgetApplications() {
  if (fn.applications)
    fn.applications->resize(applications);
}

void ScanMark::restore() {
  forgetInside();
  forgetApplications();
  if (placement)
    *fn.placement = *placement;
  fn.randomSites = randomSites;
  fn.schedules = schedules;
  elab.bounds.erase(elab.bounds.begin() + bounds, elab.bounds.end());
  fn.emit.turnedMeetings.resize(meetings);
  // A layer from outside that got its place in the block gets it again.
  for (size_t i = placed; i < elab.placed.size(); ++i) {
    Applicable &layer = *elab.placed[i];
    layer.placed = false;
    layer.path.clear();
    layer.given = layer.givenBefore;
  }
  elab.placed.resize(placed);
}
