package io.halfsecond.streams.detector;

import java.util.Locale;

/// The number of false alarms that is acceptable. Pages and tickets each have the whole budget.
///
/// The expected number of false alarms of all keys together stays within it, however the keys
/// depend on one another, because expectations add up.
public sealed interface Budget {
  double DAYS_PER_YEAR = 365.25;

  /// Alarms per host and year of 365.25 days.
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

  /// Alarms of the whole fleet per day.
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
  /// @param share of the key in the budget of its host
  /// @param hosts that share the budget of the fleet, at least 1
  double limitDays(double share, long hosts);

  private static void requirePositive(double alarms) {
    if (!(alarms > 0 && alarms < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("false alarms must be above 0 and finite, not " + alarms);
    }
  }
}
