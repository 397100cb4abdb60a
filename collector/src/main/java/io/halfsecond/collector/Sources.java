package io.halfsecond.collector;

import java.util.ArrayList;
import java.util.List;

/// The sources that the settings ask for.
final class Sources {
  private Sources() {}

  static List<SourceSlot> of(CollectorSettings settings) {
    var slots = new ArrayList<SourceSlot>();
    if (settings.kernel()) {
      slots.add(SourceSlot.unavailable("kernel", "this build has no kernel source"));
    }
    if (settings.log() != CollectorSettings.LogMode.OFF) {
      slots.add(SourceSlot.unavailable("log", "this build has no log source"));
    }
    return List.copyOf(slots);
  }
}
