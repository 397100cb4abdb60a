package io.halfsecond.deploy.faults;

import io.halfsecond.schemas.Topics;
import io.halfsecond.schemas.auth.Sealer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The brokers of a test, with what it takes to use them.
interface Cluster {
  int PARTITIONS = 3;

  /// For logs and states.
  Path directory();

  /// A number for whoever needs names of its own.
  int next();

  /// Makes the topics of a prefix, as `topics apply` does.
  Topics topics(String prefix);

  /// Settings of a client of Kafka who may read and write every topic.
  Map<String, Object> client();

  /// Makes the codes of records, by their key.
  Sealer sealer();

  /// Of `halfsecond stream`: where the brokers are, and as whom to reach them.
  List<String> arguments();
}
