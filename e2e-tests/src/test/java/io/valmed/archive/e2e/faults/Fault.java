package io.valmed.archive.e2e.faults;

import java.util.ArrayList;
import java.util.List;

/** One kind of fault. */
record Fault(Deed deed, Target target) {

  /** Every kind, the full disk only where one can be made. */
  static List<Fault> kinds(boolean smallDisk) {
    List<Fault> kinds = new ArrayList<>();
    for (Target target : Target.values()) {
      target.deeds().forEach(deed -> kinds.add(new Fault(deed, target)));
    }
    if (smallDisk) {
      kinds.add(new Fault(Deed.FILL_DISK, Target.ARCHIVE));
    }
    return kinds;
  }

  @Override
  public String toString() {
    return deed.words() + ": " + target.words();
  }
}
