package io.halfsecond.deploy.service;

import io.halfsecond.deploy.broker.ClusterRole;
import io.halfsecond.deploy.broker.MissingRights;
import java.util.Map;

/// What to do about what a process waits for, in words that several of them use.
final class Remedies {
  static final String LOGIN =
      "check kafka.security.protocol, kafka.sasl.*, kafka.ssl.* and their files";
  static final String TOPICS = "create what is missing with halfsecond topics apply";
  static final String BROKER = "check that Kafka runs and can be reached from here";

  private Remedies() {}

  /// @param kafka client settings beyond the bootstrap servers
  static String rights(ClusterRole role, Map<String, String> kafka) {
    return MissingRights.remedy(role, MissingRights.principal(kafka));
  }
}
