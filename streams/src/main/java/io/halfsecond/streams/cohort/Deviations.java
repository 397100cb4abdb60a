package io.halfsecond.streams.cohort;

import io.halfsecond.schemas.Deviation;
import io.halfsecond.schemas.FurtherDeviation;
import io.halfsecond.schemas.Signal;
import java.util.ArrayList;
import java.util.List;

/// The measurements of one record of a host, in one record for its cohort.
public final class Deviations {
  private Deviations() {}

  /// @param ofRecord at least one, all of one host, cohort and connection
  public static Deviation pack(List<Deviation> ofRecord) {
    var first = ofRecord.getFirst();
    if (ofRecord.size() == 1) {
      return first;
    }
    return Deviation.newBuilder(first)
        .setFurther(
            ofRecord.stream()
                .skip(1)
                .map(
                    deviation ->
                        FurtherDeviation.newBuilder()
                            .setSignal(deviation.getSignal())
                            .setStratum(deviation.getStratum())
                            .setValue(deviation.getValue())
                            .setSeason(deviation.getSeason())
                            .setMedian(deviation.getMedian())
                            .setBaseline(deviation.getBaseline())
                            .setWaiting(deviation.getWaiting())
                            .setAlertOpen(deviation.getAlertOpen())
                            .build())
                .toList())
        .build();
  }

  /// The measurements, in order, but for further ones of signals that only a newer version judges.
  public static List<Deviation> unpack(Deviation packed) {
    var all = new ArrayList<Deviation>(1 + packed.getFurther().size());
    all.add(packed);
    for (var further : packed.getFurther()) {
      if (further.getSignal() == Signal.UNKNOWN) {
        continue;
      }
      all.add(
          Deviation.newBuilder()
              .setId(packed.getId())
              .setHost(packed.getHost())
              .setCohort(packed.getCohort())
              .setSignal(further.getSignal())
              .setStratum(further.getStratum())
              .setAt(packed.getAt())
              .setValue(further.getValue())
              .setSeason(further.getSeason())
              .setMedian(further.getMedian())
              .setBaseline(further.getBaseline())
              .setSource(packed.getSource())
              .setWaiting(further.getWaiting())
              .setAlertOpen(further.getAlertOpen())
              .build());
    }
    return all;
  }
}
