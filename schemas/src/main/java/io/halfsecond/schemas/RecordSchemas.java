package io.halfsecond.schemas;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/// The schemas that this version writes records with, by who writes them.
public final class RecordSchemas {
  public static final List<Schema> OF_COLLECTOR =
      List.of(
          AuthTiming.getClassSchema(),
          SessionCpu.getClassSchema(),
          ProbeTiming.getClassSchema(),
          SelfTestReport.getClassSchema(),
          HostFingerprint.getClassSchema(),
          CollectorStatus.getClassSchema(),
          TamperEvidence.getClassSchema());

  /// Those of its stores and internal topics, too: an older version may read them after a
  /// downgrade.
  public static final List<Schema> OF_TOPOLOGY =
      List.of(
          Alert.getClassSchema(),
          CohortProfile.getClassSchema(),
          CohortInput.getClassSchema(),
          HostHistory.getClassSchema(),
          SelfTestHistory.getClassSchema());

  public static final List<Schema> OF_DECISIONS = List.of(AlertControl.getClassSchema());

  static final List<Schema> ALL =
      Stream.of(OF_COLLECTOR, OF_TOPOLOGY, OF_DECISIONS).flatMap(List::stream).toList();

  private RecordSchemas() {}

  /// @param fullName of a record
  /// @return empty if nobody writes such a record
  public static Optional<Schema> named(String fullName) {
    return ALL.stream().filter(schema -> schema.getFullName().equals(fullName)).findFirst();
  }

  /// What every reader of this version knows without being told.
  public static Stream<Schema> built() {
    return ALL.stream()
        .flatMap(
            schema ->
                Stream.concat(ReleasedSchemas.of(schema.getName()).stream(), Stream.of(schema)));
  }
}
