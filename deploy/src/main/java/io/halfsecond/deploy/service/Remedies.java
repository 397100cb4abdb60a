package io.halfsecond.deploy.service;

/// What to do about what a process waits for, in words that several of them use.
final class Remedies {
  static final String LOGIN =
      "check kafka.security.protocol, kafka.sasl.*, kafka.ssl.* and their files";
  static final String TOPICS = "create what is missing with halfsecond topics apply";
  static final String BROKER = "check that Kafka runs and can be reached from here";

  private Remedies() {}

  /// @param role as `topics plan --acls` has it
  static String rights(String role) {
    return "grant it: halfsecond topics apply --acls --%s=USER".formatted(role);
  }
}
