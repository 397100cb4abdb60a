package io.halfsecond.streams.detector;

import java.util.Locale;

/// How many false alarms are put up with. Pages and tickets each have the whole of it.
///
/// The expected number of false alarms of all keys together stays within it however the keys depend
/// on one another, because expectations add up.
public sealed interface Budget {
  double DAYS_PER_YEAR = 365.25;

  /// So many for every host in a year of 365.25 days.
  record PerHostYear(double alarms) implements Budget {
    public PerHostYear {
      requirePositive(alarms);
    }

    @Override
    public double limitDays(double share, long hosts) {
      return DAYS_PER_YEAR / (alarms * share);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s/host-year", alarms);
    }
  }

  /// So many for the whole fleet in a day.
  record PerFleetDay(double alarms) implements Budget {
    public PerFleetDay {
      requirePositive(alarms);
    }

    @Override
    public double limitDays(double share, long hosts) {
      return hosts / (alarms * share);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s/fleet-day", alarms);
    }
  }

  /// The evidence, in days, at which a key raises an alert.
  ///
  /// @param share of its host's budget
  /// @param hosts that share the fleet's, at least 1
  double limitDays(double share, long hosts);

  private static void requirePositive(double alarms) {
    if (!(alarms > 0 && alarms < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("false alarms must be above 0 and finite, not " + alarms);
    }
  }
}
