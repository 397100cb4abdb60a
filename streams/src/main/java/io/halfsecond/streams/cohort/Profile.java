package io.halfsecond.streams.cohort;

import io.halfsecond.schemas.CohortProfile;
import io.halfsecond.streams.detector.Prior;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The profile of a cohort, as it is used for its hosts.
///
/// @param prior empty if the cohort has too few hosts to compare one with the others
/// @param season logarithm of a factor for each [HourOfWeek]; empty if not known yet
public record Profile(long hosts, double logMedian, Optional<Prior> prior, List<Float> season) {
  /// The spread of fewer medians is too uncertain.
  private static final int FEWEST_HOSTS = 5;

  public Profile {
    season = List.copyOf(season);
  }

  /// @throws IllegalArgumentException if the record is not valid; the message says why
  public static Profile of(CohortProfile record) {
    var season = record.getSeason();
    if (!season.isEmpty() && season.size() != HourOfWeek.COUNT) {
      throw new IllegalArgumentException("a season of " + season.size() + " hours");
    }
    var prior =
        record.getHosts() < FEWEST_HOSTS
            ? Optional.<Prior>empty()
            : Optional.of(
                new Prior(
                    record.getLogMedian(),
                    record.getLogMedianDeviation(),
                    record.getShape().stream().map(Float::doubleValue).toList()));
    return new Profile(record.getHosts(), record.getLogMedian(), prior, season);
  }

  public boolean seasonKnown() {
    return !season.isEmpty();
  }

  /// Logarithm of the factor by which measurements are larger at that time; 0 if not known.
  public double season(Instant at) {
    return season.isEmpty() ? 0 : season.get(HourOfWeek.of(at));
  }
}
