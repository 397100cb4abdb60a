package io.halfsecond.streams.query;

import java.util.Locale;

/// The constants of the schemas as answers have them.
final class Labels {
  private Labels() {}

  /// `CPU_STARTUP` is `cpu-startup`.
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
