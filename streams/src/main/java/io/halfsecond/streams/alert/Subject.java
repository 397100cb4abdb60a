package io.halfsecond.streams.alert;

import io.halfsecond.schemas.AlertScope;

/// What an alert is about. One alert is open at a time for each subject.
///
/// @param scope HOST or COHORT
/// @param owner name of the host or cohort
/// @param cohort that the host belongs to, or the cohort itself; empty for none
/// @param name what the finding is about, within the owner, for example `startup/all`
public record Subject(AlertScope scope, String owner, String cohort, String name) {
  private static final String HOST = "host/";

  public static Subject ofHost(String host, String cohort, String name) {
    return new Subject(AlertScope.HOST, host, cohort, name);
  }

  public static Subject ofCohort(String cohort, String name) {
    return new Subject(AlertScope.COHORT, cohort, cohort, name);
  }

  String host() {
    return scope == AlertScope.HOST ? owner : "";
  }

  /// Identifies the subject. A host and a cohort may have the same name.
  public String text() {
    return prefix() + owner + "/" + name;
  }

  private String prefix() {
    return scope == AlertScope.HOST ? HOST : "cohort/";
  }

  /// Prefix of the texts of the subjects of this host only.
  static String prefix(String host) {
    return HOST + host + "/";
  }
}
